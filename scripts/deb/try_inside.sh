# The life of the package, in the root that scripts/try_deb.sh throws away.
set -eu

LINK=/etc/ssh/sshd_config.d/carecall.conf
TIMERS='carecall-tick.timer carecall-erase.timer carecall-backup.timer'

# `! command` would pass as a command that went well
not() { if "$@" >/dev/null; then return 1; fi; }
step() { echo "-- $*"; }
as_carecall() { su - carecall -c "LANG=C.UTF-8 $*"; }
is_off() { [ "$(systemctl is-enabled "$1" 2>/dev/null)" != enabled ]; }
command_of() { sed -n 's/^ExecStart=//p' "/usr/lib/systemd/system/carecall-$1.service" | sed 's/%%/%/g; s/\$\$/$/g'; }

step installed: the account, its directories, and nothing that is switched on
dpkg -i /tmp/carecall.deb
getent passwd carecall | grep -q ':/var/lib/carecall:/bin/sh$'
grep -q '^carecall:\*:' /etc/shadow
for dir in /var/lib/carecall /var/backups/carecall; do
    [ "$(stat -c '%a %U %G' $dir)" = '700 carecall carecall' ]
done
for timer in $TIMERS; do is_off "$timer"; done
[ ! -e $LINK ]
if command -v systemd-analyze >/dev/null; then
    systemd-analyze verify --man=no /usr/lib/systemd/system/carecall-*
fi

for page in man1/carecall.1.gz ko/man1/carecall.1.gz; do [ -s /usr/share/man/$page ]; done
if command -v bash >/dev/null; then
    bash -c '. /usr/share/bash-completion/completions/carecall && complete -p carecall'
fi

step used: by its account, and what the timers do
as_carecall carecall --version
as_carecall carecall init
as_carecall carecall organization add 해운대
printf '성명,연락처\n김영수,010-1234-5678\n' | as_carecall carecall upload - --organization 해운대
for what in tick erase backup; do as_carecall "$(command_of $what)"; done
[ "$(find /var/backups/carecall -name '*.db' -perm 600 | wc -l)" = 1 ]
as_carecall carecall backup --verify "/var/backups/carecall/*.db"

step the drop-in of sshd, switched on
if command -v sshd >/dev/null; then
    ln -s /usr/share/carecall/sshd_config.d/carecall.conf $LINK
    [ -e /etc/ssh/ssh_host_ed25519_key ] || ssh-keygen -q -A
    sshd -t
    sshd -T -C user=carecall,host=desk,addr=192.0.2.7 | grep -q '^authorizedkeysfile /etc/ssh/carecall_keys$'
fi

step upgraded: what was switched on stays on, and the data is there
systemctl --quiet enable carecall-tick.timer
dpkg -i /tmp/carecall.deb
not is_off carecall-tick.timer
is_off carecall-erase.timer
if command -v sshd >/dev/null; then [ -e $LINK ]; fi
as_carecall carecall organization list | grep 해운대

step removed: the data is there, nothing of the program is, and sshd starts
dpkg -r carecall
[ ! -e /usr/bin/carecall ]
[ ! -e /usr/lib/carecall ]
[ ! -h $LINK ]
if command -v sshd >/dev/null; then sshd -t; fi
[ -z "$(find /etc/systemd/system -name 'carecall-*')" ]
[ -s /var/lib/carecall/.local/share/carecall/carecall.db ]

step purged: personal data stays, and that is said
dpkg -P carecall | tee /tmp/said
grep -q 'personal data is still there' /tmp/said
getent passwd carecall >/dev/null
[ -s /var/lib/carecall/.local/share/carecall/carecall.db ]

step installed again: it goes on with the data
dpkg -i /tmp/carecall.deb
as_carecall carecall organization list | grep 해운대

step purged without data: nothing is left
rm -r /var/lib/carecall /var/backups/carecall
dpkg -P carecall
not getent passwd carecall
[ ! -e /var/lib/carecall ]
echo 'The package does what it is to do.'
