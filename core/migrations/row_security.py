"""Row-level security on PostgreSQL: what each admin's own login role may see and change, by SQL typed by hand too.

An admin's login role is a member of ``carecall_admins`` and carries the name that the admin has as ``account``.
The policies ask who the session belongs to (``session_user``), which no statement of the session can change. The
owner of the tables and its members see everything: that is the shared role, the weaker way, where only the console
tells admins apart. See ``docs/postgresql.md``.
"""

GROUP = "carecall_admins"

_DEFINER = "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp"
_ME = "SELECT 1 FROM admins WHERE account = session_user AND disabled_at IS NULL"
_FUNCTIONS = (
    f"""CREATE FUNCTION carecall_is_owner() RETURNS boolean {_DEFINER} AS $$
        SELECT pg_has_role(session_user, c.relowner, 'MEMBER') FROM pg_class c
        WHERE c.oid = 'public.recipients'::regclass $$""",
    f"""CREATE FUNCTION carecall_sees_all() RETURNS boolean {_DEFINER} AS $$
        SELECT carecall_is_owner() OR EXISTS ({_ME} AND role = 'system') $$""",
    f"""CREATE FUNCTION carecall_may_write() RETURNS boolean {_DEFINER} AS $$
        SELECT carecall_is_owner() OR EXISTS ({_ME} AND role <> 'viewer') $$""",
    f"""CREATE FUNCTION carecall_organization() RETURNS integer {_DEFINER} AS $$
        SELECT organization_id FROM admins WHERE account = session_user AND disabled_at IS NULL $$""",
    f"""CREATE FUNCTION carecall_admin() RETURNS integer {_DEFINER} AS $$
        SELECT id FROM admins WHERE account = session_user AND disabled_at IS NULL $$""",
    f"""CREATE FUNCTION carecall_audit_head() RETURNS text {_DEFINER} AS $$
        SELECT hash FROM audit_records ORDER BY id DESC LIMIT 1 $$""",
    """CREATE FUNCTION carecall_guard_admins() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT carecall_sees_all() AND (NEW.id, NEW.login, NEW.role)
            IS DISTINCT FROM (OLD.id, OLD.login, OLD.role)
            OR NOT carecall_sees_all() AND (NEW.account, NEW.organization_id, NEW.disabled_at)
            IS DISTINCT FROM (OLD.account, OLD.organization_id, OLD.disabled_at)
        THEN RAISE insufficient_privilege; END IF;
        RETURN NEW; END $$""",
    """CREATE TRIGGER carecall_guard_admins BEFORE UPDATE ON admins
        FOR EACH ROW EXECUTE FUNCTION carecall_guard_admins()""",
)

# sub-selects, so that each is asked once for a statement, not once for a row
_ALL = "(SELECT carecall_sees_all())"
_OWN = f"({_ALL} OR {{column}} = (SELECT carecall_organization()))"
_WRITES = "(SELECT carecall_may_write())"


def _through(table: str, column: str) -> str:
    """Whether the row that this column names can be seen itself."""
    return f"EXISTS (SELECT 1 FROM {table} AS owner WHERE owner.id = {column})"


# table: (which rows are seen, which may be written)
_TABLES = {
    "organizations": (_OWN.format(column="id"), _ALL),
    "recipients": (_OWN.format(column="organization_id"), None),
    "campaigns": (f"(organization_id IS NULL OR {_OWN.format(column='organization_id')})", None),
    "participations": (_through("recipients", "recipient_id"), None),
    "calls": (_through("recipients", "recipient_id"), None),
    "utterances": (_through("calls", "call_id"), None),
    "memory_details": (_through("recipients", "recipient_id"), None),
    "memory_versions": (_through("memory_details", "memory_id"), None),
    "followup_actions": (_through("recipients", "recipient_id"), None),
    "memos": (_through("recipients", "recipient_id"), None),
    "feedback": (_through("calls", "call_id"), None),
    "uploads": (f"({_ALL} OR admin_id = (SELECT carecall_admin()))", None),
    "upload_rows": (_through("uploads", "upload_id"), None),
}


def _policies() -> list[str]:
    statements = []
    for table, (seen, written) in _TABLES.items():
        may = f"({seen} AND {written or _WRITES})"
        statements += [
            f"CREATE POLICY {table}_read ON {table} FOR SELECT USING ({seen})",
            f"CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({may})",
            f"CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({may}) WITH CHECK ({may})",
            f"CREATE POLICY {table}_delete ON {table} FOR DELETE USING ({may})",
        ]
    mine = f"({_ALL} OR id = (SELECT carecall_admin()))"
    own = _OWN.format(column="organization_id")
    by_me = f"({_ALL} OR admin_id = (SELECT carecall_admin()) OR admin_id IS NULL)"
    return [
        *statements,
        "CREATE POLICY admins_read ON admins FOR SELECT USING (true)",
        f"CREATE POLICY admins_insert ON admins FOR INSERT WITH CHECK ({_ALL})",
        f"CREATE POLICY admins_update ON admins FOR UPDATE USING ({mine}) WITH CHECK ({mine})",
        f"CREATE POLICY audit_read ON audit_records FOR SELECT USING ({own} OR {by_me})",
        f"CREATE POLICY audit_insert ON audit_records FOR INSERT WITH CHECK ({by_me})",
    ]


def _grants() -> list[str]:
    return [
        # an owner who may make no roles finds the group made by the server's administrator
        f"""DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{GROUP}')
        THEN CREATE ROLE {GROUP} NOLOGIN; END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$""",
        f"GRANT USAGE ON SCHEMA public TO {GROUP}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {GROUP}",
        f"GRANT INSERT, UPDATE, DELETE ON {', '.join(_TABLES)} TO {GROUP}",
        f"GRANT INSERT, UPDATE ON admins TO {GROUP}",
        f"GRANT INSERT ON audit_records TO {GROUP}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {GROUP}",
    ]


def statements() -> list[str]:
    """What makes functions, policies and grants, in order."""
    tables = (*_TABLES, "admins", "audit_records")
    switched_on = [
        f"ALTER TABLE {table} {what} ROW LEVEL SECURITY"
        for table in tables
        for what in ("ENABLE", "FORCE")
    ]
    return [*_FUNCTIONS, *_policies(), *switched_on, *_grants()]
