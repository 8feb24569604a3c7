"""The functions that run as the owner of the tables, for the roles that may do less than they do.

Each asks ``session_user`` who is calling. None finds anything that somebody else could have made: the path has no
schema that others may create in, and whatever belongs to the schema is named with it. No backslash stands in
them: the session decides how one in a string is read.
"""

from core.values.text import BLOT

SCHEMA = "carecall"
GROUP = "carecall_admins"
SEARCH_PATH = f"pg_catalog, {SCHEMA}, pg_temp"

_SQL = f"LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {SEARCH_PATH}"
_PLPGSQL = f"LANGUAGE plpgsql SECURITY DEFINER SET search_path = {SEARCH_PATH}"
_ME = f"FROM {SCHEMA}.admins WHERE account::text = session_user::text AND disabled_at IS NULL"
_IS_OWNER = "pg_has_role(session_user, current_user, 'MEMBER')"

# each is asked by policies: who the session belongs to
_WHO = (
    f"""CREATE FUNCTION {SCHEMA}.carecall_is_owner() RETURNS boolean {_SQL} AS $$
        SELECT {_IS_OWNER} $$""",
    f"""CREATE FUNCTION {SCHEMA}.carecall_role() RETURNS text {_SQL} AS $$
        SELECT CASE WHEN {_IS_OWNER} THEN 'owner' ELSE (SELECT role::text {_ME}) END $$""",
    f"""CREATE FUNCTION {SCHEMA}.carecall_organization() RETURNS bigint {_SQL} AS $$
        SELECT organization_id {_ME} $$""",
    f"""CREATE FUNCTION {SCHEMA}.carecall_admin() RETURNS bigint {_SQL} AS $$
        SELECT id {_ME} $$""",
    # the calling system may deliver for all organizations
    f"""CREATE FUNCTION {SCHEMA}.carecall_sees_all() RETURNS boolean {_SQL} AS $$
        SELECT {_IS_OWNER} OR EXISTS (SELECT 1 {_ME}
            AND (role = 'system' OR role = 'ingest' AND organization_id IS NULL)) $$""",
    # as a function, since the policy of deletes asks for recipients in its turn
    f"""CREATE FUNCTION {SCHEMA}.carecall_has_deleted(deletion bigint) RETURNS boolean {_SQL} AS $$
        SELECT EXISTS (SELECT 1 FROM {SCHEMA}.deletions WHERE id = deletion
            AND admin_id = (SELECT id {_ME})) $$""",
    # as a function, since the policy of admins asks for tasks in its turn
    f"""CREATE FUNCTION {SCHEMA}.carecall_may_work(one bigint, for_organization bigint)
        RETURNS boolean {_SQL} AS $$
        SELECT EXISTS (SELECT 1 FROM {SCHEMA}.admins WHERE id = one AND disabled_at IS NULL
            AND (role = 'system' OR role = 'organization' AND organization_id = for_organization)
            AND ({SCHEMA}.carecall_sees_all() OR for_organization = {SCHEMA}.carecall_organization())) $$""",
    # somebody of the session's who became part of another organization's, whom the session does not see
    f"""CREATE FUNCTION {SCHEMA}.carecall_is_part(one bigint) RETURNS boolean {_SQL} AS $$
        SELECT EXISTS (SELECT 1 FROM {SCHEMA}.merges AS m JOIN {SCHEMA}.recipients AS r ON r.id = m.merged_id
            WHERE m.merged_id = one AND m.undone_at IS NULL
            AND ({SCHEMA}.carecall_sees_all() OR r.organization_id = {SCHEMA}.carecall_organization())) $$""",
    f"""CREATE FUNCTION {SCHEMA}.carecall_preferences(of_admin bigint) RETURNS json {_SQL} AS $$
        SELECT preferences FROM {SCHEMA}.admins WHERE id = of_admin
            AND ({_IS_OWNER} OR account::text = session_user::text) $$""",
)

# What core.retention.blotting makes of a text, and nothing else.
_IS_BLOTTED = f"""CREATE FUNCTION {SCHEMA}.carecall_is_blotted(before text, after text) RETURNS boolean
    LANGUAGE sql IMMUTABLE SET search_path = {SEARCH_PATH} AS $$
    SELECT length(before) = length(after) AND NOT EXISTS (
        SELECT 1 FROM generate_series(1, length(before)) AS place
        WHERE substr(after, place, 1) NOT IN (substr(before, place, 1), '{BLOT}')) $$"""

# Writes wait for each other on a row that nobody but the owner may lock. Whoever is no enabled admin waits for
# nothing and lets nobody wait: it has nothing to write.
_BEGIN_WRITE = f"""CREATE FUNCTION {SCHEMA}.carecall_begin_write() RETURNS void {_PLPGSQL} AS $$ BEGIN
    IF {SCHEMA}.carecall_role() IS NOT NULL THEN
        PERFORM 1 FROM {SCHEMA}.alembic_version FOR UPDATE;
        PERFORM pg_notify('carecall', '');
    END IF; END $$"""

# The same text as core.app.audit.trail.canonical makes. Numbers are whole ones: others have several spellings.
_CANONICAL = f"""CREATE FUNCTION {SCHEMA}.carecall_canonical(value jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE SET search_path = {SEARCH_PATH} AS $$
    DECLARE made text; kind text := jsonb_typeof(value); BEGIN
    IF kind = 'object' THEN
        SELECT '{{' || coalesce(string_agg(to_json(e.key)::text || ':' || {SCHEMA}.carecall_canonical(e.value), ','
            ORDER BY e.key COLLATE "C"), '') || '}}' INTO made FROM jsonb_each(value) AS e;
    ELSIF kind = 'array' AND value::text ~ '^.-?[0-9]{{1,18}}(, -?[0-9]{{1,18}})*.$' THEN
        made := replace(value::text, ', ', ',');
    ELSIF kind = 'array' THEN
        SELECT '[' || coalesce(string_agg({SCHEMA}.carecall_canonical(e.item), ',' ORDER BY e.place), '') || ']'
            INTO made FROM jsonb_array_elements(value) WITH ORDINALITY AS e(item, place);
    ELSIF kind = 'number' AND value::text !~ '^-?[0-9]{{1,18}}$' THEN
        RAISE numeric_value_out_of_range USING MESSAGE = 'only whole numbers';
    ELSE
        made := value::text;
    END IF;
    RETURN made; END $$"""

_DEEPEST = 9  # levels, of which a record has three

# What is told with a record, as far as it can be one. Nothing of it is read before it is short enough, and no
# error of the server's own repeats it: a thousand brackets are refused as plainly as a word.
_FACTS = f"""CREATE FUNCTION {SCHEMA}.carecall_facts(given text, longest integer) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE SET search_path = {SEARCH_PATH} AS $$
    DECLARE facts jsonb; BEGIN
    IF octet_length(given) > longest THEN
        RAISE string_data_right_truncation USING MESSAGE = 'details too long';
    END IF;
    BEGIN
        facts := given::jsonb;
    EXCEPTION WHEN OTHERS THEN
        RETURN NULL;
    END;
    IF jsonb_typeof(facts) <> 'object' OR jsonb_path_exists(facts, '$.**{{{_DEEPEST}}}') THEN RETURN NULL; END IF;
    RETURN facts; END $$"""

# What a role may not have done, it may not say either.
_NOT_OF_OTHERS = (
    "^(admin|organization|backup|retention)[.]|[.]purge$|[.]erase$|^delivery[.]drop$|^voice[.]lose$"
)
_NOT_OF_STAFF = "^(call[.]ingest|delivery[.]hold)$"
_OF_CALLING_SYSTEMS = (
    "^(call[.]ingest|delivery[.]hold|call_list[.]read|participation[.]resume|refused)$"
)
_NOT_OF_READERS = (  # but for files of their own
    "^(?!file[.]).*[.](add|edit|delete|undelete|undo|restore|take_in|ingest"
    "|pause|resume|enroll|withdraw|start|end|give|reset|rename|sign|confirm|merge|unmerge|tell_apart)$"
)

# one record in canonical JSON, of variables with these names
_RECORD_TEXT = f"""'{{"account":' || to_json(in_account)::text
        || ',"action":' || to_json(in_action)::text
        || ',"admin":' || coalesce(in_admin::text, 'null')
        || ',"at":"' || to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00"'
        || ',"client":' || to_json(in_client)::text
        || ',"details":' || {SCHEMA}.carecall_canonical(facts)
        || ',"organization":' || coalesce(in_organization::text, 'null')
        || ',"subject":' || to_json(in_subject)::text
        || ',"subject_id":' || coalesce(in_subject_id::text, 'null') || '}}'"""

# A thousand runs of IDs, each of two numbers of nineteen digits, and a reason that somebody typed.
_LONGEST = 64 * 1024
_LONGEST_LOOK = 4 * 1024
_LONGEST_SESSION = "8 days"  # longer than any that the settings allow

_RECORD = f"""CREATE FUNCTION {SCHEMA}.carecall_record(
        in_action text, in_organization bigint, in_subject text, in_subject_id bigint, in_details text,
        in_client text, in_admin bigint, in_account text, by_itself boolean,
        OUT made_id bigint, OUT made_hash text)
    {_PLPGSQL} AS $$
    DECLARE
        speaker text := {SCHEMA}.carecall_role();
        facts jsonb := {SCHEMA}.carecall_facts(in_details, {_LONGEST});
        moment timestamptz;
        previous text;
        canonical text;
    BEGIN
    -- it stays for good, and whoever verifies the chain or lists records reads it
    IF speaker IS NULL OR facts IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'no enabled admin';
    END IF;
    -- a transaction that goes on seeing what was before the others committed would chain to the wrong record
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE invalid_transaction_state USING MESSAGE = 'only in a transaction that is read committed';
    END IF;
    IF speaker <> 'owner' THEN
        in_account := session_user::text;
        in_admin := {SCHEMA}.carecall_admin();
        IF by_itself AND in_action = 'participation.resume' THEN in_admin := NULL; END IF;
        IF NOT {SCHEMA}.carecall_sees_all() THEN in_organization := {SCHEMA}.carecall_organization(); END IF;
        IF speaker <> 'system' AND in_action ~ '{_NOT_OF_OTHERS}'
            OR speaker NOT IN ('system', 'ingest') AND in_action ~ '{_NOT_OF_STAFF}'
            OR speaker = 'ingest' AND in_action !~ '{_OF_CALLING_SYSTEMS}'
            OR speaker = 'viewer' AND in_action ~ '{_NOT_OF_READERS}'
        THEN RAISE insufficient_privilege USING MESSAGE = 'not for this role to record'; END IF;
        -- where the session came from is what the server sees; what the console says stands beside it
        IF in_client <> '' THEN facts := facts || jsonb_build_object('client', left(in_client, 64)); END IF;
        in_client := coalesce(host(inet_client_addr()), '');
    END IF;
    PERFORM 1 FROM {SCHEMA}.alembic_version FOR UPDATE;
    SELECT r.hash INTO previous FROM {SCHEMA}.audit_records AS r ORDER BY r.id DESC LIMIT 1;
    previous := coalesce(previous, repeat('0', 64));
    moment := clock_timestamp();
    canonical := {_RECORD_TEXT};
    made_hash := encode(sha256(convert_to(previous || chr(10) || canonical, 'UTF8')), 'hex');
    INSERT INTO {SCHEMA}.audit_records
        (at, admin_id, account, client, action, organization_id, subject, subject_id, details, previous_hash, hash)
        VALUES (moment, in_admin, in_account, in_client, in_action, in_organization, in_subject, in_subject_id,
            {SCHEMA}.carecall_canonical(facts)::json, previous, made_hash)
        RETURNING id INTO made_id;
    END $$"""

# Of a record b that a session began: its name, and that no end of it is known.
_NAME_OF_SESSION = "(b.details ->> 'session')"
_IS_OPEN = f"""NOT EXISTS (SELECT 1 FROM {SCHEMA}.access_records AS e WHERE e.action = 'session.end'
    AND e.at > now() - interval '{_LONGEST_SESSION}' AND e.at >= b.at
    AND e.admin_id = b.admin_id AND e.details ->> 'session' = {_NAME_OF_SESSION})"""

# Who looked at what. It waits for nobody and lets nobody wait: it is chained later, in somebody's turn to write.
_LOOK = f"""CREATE FUNCTION {SCHEMA}.carecall_look(
        in_action text, in_organization bigint, in_subject text, in_subject_id bigint, in_details text,
        in_client text, in_admin bigint, in_account text) RETURNS void
    {_PLPGSQL} AS $$
    DECLARE
        speaker text := {SCHEMA}.carecall_role();
        me bigint := {SCHEMA}.carecall_admin();
        mine bigint := {SCHEMA}.carecall_organization();
        facts jsonb := {SCHEMA}.carecall_facts(in_details, {_LONGEST_LOOK});
    BEGIN
    -- who was disabled meanwhile may still say how the session ended that it had begun, once
    IF speaker IS NULL AND in_action = 'session.end' THEN
        SELECT 'gone', a.id, a.organization_id INTO speaker, me, mine
            FROM {SCHEMA}.admins AS a JOIN {SCHEMA}.access_records AS b ON b.admin_id = a.id
            WHERE a.account::text = session_user::text AND b.action = 'session.begin'
                AND {_IS_OPEN} AND {_NAME_OF_SESSION} = facts ->> 'session' LIMIT 1;
    END IF;
    IF speaker IS NULL OR facts IS NULL OR in_action !~ '^(session|look)[.]' THEN
        RAISE insufficient_privilege USING MESSAGE = 'not to be recorded';
    END IF;
    IF speaker <> 'owner' THEN
        in_account := session_user::text;
        in_admin := me;
        IF NOT {SCHEMA}.carecall_sees_all() THEN in_organization := mine; END IF;
        IF in_client <> '' THEN facts := facts || jsonb_build_object('client', left(in_client, 64)); END IF;
        in_client := coalesce(host(inet_client_addr()), '');
    END IF;
    INSERT INTO {SCHEMA}.access_records
        (at, admin_id, account, client, action, organization_id, subject, subject_id, details)
        VALUES (clock_timestamp(), in_admin, in_account, in_client, in_action, in_organization, in_subject,
            in_subject_id, {SCHEMA}.carecall_canonical(facts)::json);
    END $$"""

_CHAIN_LOOKS = f"""CREATE FUNCTION {SCHEMA}.carecall_chain_looks() RETURNS bigint {_PLPGSQL} AS $$
    DECLARE
        one record; facts jsonb; moment timestamptz; last bigint; previous text; made_hash text;
        chained bigint := 0;
        in_account text; in_action text; in_admin bigint; in_client text; in_organization bigint;
        in_subject text; in_subject_id bigint; canonical text;
    BEGIN
    IF {SCHEMA}.carecall_role() IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'no enabled admin';
    END IF;
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE invalid_transaction_state USING MESSAGE = 'only in a transaction that is read committed';
    END IF;
    PERFORM 1 FROM {SCHEMA}.alembic_version FOR UPDATE;
    -- consoles that are gone and did not say so: no connection carries their name any more
    INSERT INTO {SCHEMA}.access_records
        (at, admin_id, account, client, action, organization_id, subject, subject_id, details)
        SELECT clock_timestamp(), b.admin_id, b.account, b.client, 'session.end', b.organization_id, b.subject,
            b.subject_id, {SCHEMA}.carecall_canonical(
                jsonb_build_object('how', 'killed', 'session', {_NAME_OF_SESSION}))::json
        FROM {SCHEMA}.access_records AS b
        WHERE b.action = 'session.begin' AND b.at > now() - interval '{_LONGEST_SESSION}'
            AND b.details ->> 'doing' = 'console' AND {_NAME_OF_SESSION} IS NOT NULL AND {_IS_OPEN}
            AND NOT EXISTS (SELECT 1 FROM pg_stat_activity AS a WHERE a.datname = current_database()
                AND a.application_name = 'carecall ' || {_NAME_OF_SESSION})
        ORDER BY b.id;
    SELECT r.place, r.hash INTO last, previous FROM {SCHEMA}.access_records AS r
        WHERE r.place IS NOT NULL ORDER BY r.place DESC LIMIT 1;
    last := coalesce(last, 0);
    previous := coalesce(previous, repeat('0', 64));
    FOR one IN SELECT * FROM {SCHEMA}.access_records WHERE place IS NULL ORDER BY id LIMIT 10000 LOOP
        in_account := one.account; in_action := one.action; in_admin := one.admin_id; in_client := one.client;
        in_organization := one.organization_id; in_subject := one.subject; in_subject_id := one.subject_id;
        facts := one.details::jsonb; moment := one.at;
        canonical := {_RECORD_TEXT};
        made_hash := encode(sha256(convert_to(previous || chr(10) || canonical, 'UTF8')), 'hex');
        last := last + 1;
        UPDATE {SCHEMA}.access_records SET place = last, previous_hash = previous, hash = made_hash
            WHERE id = one.id;
        previous := made_hash;
        chained := chained + 1;
    END LOOP;
    RETURN chained; END $$"""

FUNCTIONS = (*_WHO, _IS_BLOTTED, _BEGIN_WRITE, _CANONICAL, _FACTS, _RECORD, _LOOK, _CHAIN_LOOKS)
SIGNATURES = (
    "carecall_is_blotted(text, text)",
    "carecall_canonical(jsonb)",
    "carecall_facts(text, integer)",
    "carecall_is_owner()",
    "carecall_role()",
    "carecall_organization()",
    "carecall_admin()",
    "carecall_sees_all()",
    "carecall_has_deleted(bigint)",
    "carecall_may_work(bigint, bigint)",
    "carecall_is_part(bigint)",
    "carecall_preferences(bigint)",
    "carecall_begin_write()",
    "carecall_delete(text, tid[])",
    "carecall_move(text, bigint[], bigint, bigint)",
    "carecall_merge(bigint, bigint, bigint, bigint, text, text)",
    "carecall_look(text, bigint, text, bigint, text, text, bigint, text)",
    "carecall_chain_looks()",
    "carecall_record(text, bigint, text, bigint, text, text, bigint, text, boolean)",
)
