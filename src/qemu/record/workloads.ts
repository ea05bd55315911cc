/** Something for a guest to do while its memory is recorded. */
export interface Workload {
  readonly name: string;
  /** How experiments call its trace, where that has to be another name: `idle` is a workload of the simulator. */
  readonly trace?: string;
  /** What the guest is doing, in words; goes into the trace. */
  readonly description: string;
  /** Debian packages whose versions belong to the trace. */
  readonly packages: readonly string[];
  /** Shell (busybox) that starts it, ends by itself, and leaves it running in the background. */
  readonly script: string;
}

/**
 * The workloads that can be recorded. All are on one disk image, so that guests recorded together share what machines
 * of one kind share. Each prints what goes wrong as a line with ERROR, which the recorder looks for.
 */
export const WORKLOADS: readonly Workload[] = [
  {
    name: 'idle',
    trace: 'idle-linux',
    description: 'nothing but system log, cron and a shell',
    packages: ['busybox-static'],
    script: '',
  },
  {
    name: 'redis',
    description:
      'redis-server without persistence; three redis-benchmark clients without end, 8 connections each, on 60,000 keys: SET ' +
      'and HSET of 120 bytes, ten random numbers, and GET',
    packages: ['redis-server', 'redis-tools'],
    // Values are random, because constant ones would make every other write a silent one.
    script: `
redis-server --save '' --appendonly no --daemonize yes --logfile /tmp/redis.log --dir /tmp || fail redis-server
until redis-cli ping >/dev/null 2>&1; do sleep 0.05; done
R=__rand_int__; V=$R$R$R$R$R$R$R$R$R$R
(redis-benchmark -q -l -c 8 -r 60000 -n 100000 SET key:$R $V >/dev/null 2>/tmp/set.err; fail SET) &
(redis-benchmark -q -l -c 8 -r 60000 -n 100000 HSET hash:$R field $V >/dev/null 2>/tmp/hset.err; fail HSET) &
(redis-benchmark -q -l -c 8 -r 60000 -n 100000 GET key:$R >/dev/null 2>/tmp/get.err; fail GET) &
`,
  },
  {
    name: 'nginx',
    description: 'nginx with one worker; ab, 8 connections at a time, fetches 200 files of 4 to 512 KiB, 200 times each, in random order',
    packages: ['nginx-light', 'apache2-utils'],
    script: `
mkdir -p /tmp/nginx
nginx -c /lab/nginx.conf || fail nginx
until wget -q -O /dev/null http://127.0.0.1/1; do sleep 0.05; done
(while :; do
  N=$(( (RANDOM * 32768 + RANDOM) % 200 ))
  ab -q -c 8 -n 200 http://127.0.0.1/$N >/tmp/ab.log 2>&1 || fail ab
  grep -q 'Failed requests: *0$' /tmp/ab.log || fail 'ab: failed requests'
done) &
`,
  },
  {
    name: 'sqlite',
    description:
      'sqlite3 on a table of 100,000 rows with an index on a random column: transactions of 20 UPDATEs of random rows and one ' +
      'SELECT, with its rollback journal on ext4',
    packages: ['sqlite3'],
    script: `
cd /var/tmp
sqlite3 lab.db <<'SQL' || fail 'sqlite3: create'
PRAGMA journal_mode=OFF;
CREATE TABLE t(id INTEGER PRIMARY KEY, k INTEGER, v TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<100000)
  INSERT INTO t SELECT i, abs(random()) % 1000000000, hex(randomblob(40)) FROM n;
CREATE INDEX tk ON t(k);
SQL
(awk 'BEGIN { srand(1); for (;;) {
  print "BEGIN;";
  for (i = 0; i < 20; i++) printf "UPDATE t SET k=abs(random())%%1000000000, v=hex(randomblob(40)) WHERE id=%d;\\n", 1+int(rand()*100000);
  print "COMMIT;";
  printf "SELECT count(*) FROM t WHERE k BETWEEN %d AND %d;\\n", (a=int(rand()*999000000)), a+1000000;
} }' | sqlite3 lab.db >/dev/null 2>/tmp/sqlite.err; fail "sqlite3: $(head -n 1 /tmp/sqlite.err)") &
`,
  },
  {
    name: 'gcc',
    description: 'gcc -O1 compiles a file of 400 C functions into an object file, again and again',
    packages: ['gcc-12', 'binutils', 'libc6-dev'],
    script: `
(while :; do gcc -O1 -c /lab/functions.c -o /var/tmp/functions.o 2>/tmp/gcc.err || fail "gcc: $(head -n 1 /tmp/gcc.err)"; done) &
`,
  },
  {
    name: 'tar',
    description: 'tar and gzip -1 pack C headers and Perl modules; then gzip -d, tr and sort -u make a list of their words; again and again',
    packages: ['tar', 'gzip', 'coreutils'],
    script: `
(while :; do
  /usr/bin/tar -c -C /usr/include . /usr/share/perl 2>/dev/null | /usr/bin/gzip -1 >/var/tmp/words.gz || fail 'tar | gzip'
  /usr/bin/gzip -dc </var/tmp/words.gz | /usr/bin/tr -cs 'A-Za-z_' '\\n' |
    LC_ALL=C /usr/bin/sort -u -S 32M -T /var/tmp >/var/tmp/words.txt || fail 'gzip -d | tr | sort'
  test -s /var/tmp/words.txt || fail 'no words'
done) &
`,
  },
];

/** The workload of this name, or undefined. */
export function workloadOf(name: string): Workload | undefined {
  return WORKLOADS.find((workload) => workload.name === name);
}
