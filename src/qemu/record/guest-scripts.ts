import { WORKLOADS } from './workloads';

/** Modules for the disk, in an order in which each finds those it needs: busybox does not look for them. */
export const DISK_MODULES = [
  'virtio_ring', 'virtio', 'virtio_pci_legacy_dev', 'virtio_pci_modern_dev', 'virtio_pci', 'virtio_blk',
] as const;

/** Printed on the serial line when the workload runs. */
export const READY = 'READY';

/** `/init` of the initial file system: finds the disk and hands over to it, so that nothing else stays in memory. */
export const INIT = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /mnt
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs dev /dev
for M in ${DISK_MODULES.join(' ')}; do /bin/busybox insmod /modules/$M.ko || echo "ERROR insmod $M"; done
until test -b /dev/vda; do /bin/busybox sleep 0.02; done
/bin/busybox mount -t ext4 /dev/vda /mnt || echo "ERROR mount"
for D in proc sys dev; do /bin/busybox mount -o move /$D /mnt/$D; done
exec /bin/busybox switch_root /mnt /lab/init
`;

/**
 * `/lab/init` on the disk: says where the kernel keeps its clock, starts the workload that the kernel's command line
 * names, and prints a line every 5 s. The addresses are for the recorder, which reads the clock out of the guest's memory.
 */
export const DISK_INIT = `#!/bin/busybox sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
fail() { echo "ERROR $*" >/dev/console; sleep 1; }
mount -t tmpfs -o mode=1777,size=64m tmp /tmp
mount -t tmpfs -o mode=755,size=4m run /run
ip link set lo up || ifconfig lo 127.0.0.1 up
busybox syslogd -C64
busybox crond
WL=$(sed 's/.*wl=\\([a-z]*\\).*/\\1/' /proc/cmdline)
echo "BOOTED $(cut -d' ' -f1 /proc/uptime)"
echo "SYM jiffies $(grep -w jiffies_64 /proc/kallsyms | cut -d' ' -f1) text $(grep -w _text /proc/kallsyms | cut -d' ' -f1) code $(grep 'Kernel code' /proc/iomem | cut -d- -f1)"
case "$WL" in
${WORKLOADS.map(({ name }) => `${name}) . /lab/workloads/${name} ;;`).join('\n')}
*) echo "ERROR no workload $WL" ;;
esac
echo "${READY} $WL $(cut -d' ' -f1 /proc/uptime)"
while :; do sleep 5; echo "TICK $(cut -d' ' -f1 /proc/uptime)"; done
`;

export const NGINX_CONF = `user root;
worker_processes 1;
pid /run/nginx.pid;
error_log /tmp/nginx/error.log;
events { worker_connections 256; }
http {
  access_log /var/log/nginx/access.log;
  client_body_temp_path /tmp/nginx/body;
  proxy_temp_path /tmp/nginx/proxy;
  fastcgi_temp_path /tmp/nginx/fastcgi;
  uwsgi_temp_path /tmp/nginx/uwsgi;
  scgi_temp_path /tmp/nginx/scgi;
  sendfile on;
  server { listen 127.0.0.1:80; root /lab/www; }
}
`;

/** What `gcc` compiles: 400 functions with loops, branches and calls. */
export function cFunctions(count = 400): string {
  const functions = Array.from({ length: count }, (_, i) => `
int f${i}(const int *a, int n, char *out, size_t size) {
  int sum = ${i}, most = 0;
  for (int i = 0; i < n; i++) {
    int x = a[i] * ${(i * 7919) % 1009} + (sum >> ${i % 7});
    if (x % ${(i % 13) + 2} == 0) sum += x; else if (x > most) most = x; else sum ^= x << ${i % 5};
    switch (x & 7) { case 0: sum++; break; case 1: sum -= i; break; case ${(i % 5) + 2}: sum *= 3; break; default: most--; }
  }
  snprintf(out, size, "f${i} %d %d", sum, most);
  return (int)strlen(out) + sum${i > 0 ? ` + f${i - 1}(a, n / 2, out, size)` : ''};
}`);
  return `#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n${functions.join('\n')}\n`;
}
