import { LeftOut } from './leaving-out';
import { intercept, type Optimization } from './optimization';

/**
 * Free page hinting as QEMU's virtio-balloon does it (hw/virtio/virtio-balloon.c, migration/ram.c:
 * qemu_guest_free_page_hint): at the start and after each reading of the dirty bitmap, the guest tells which pages are
 * free, and their dirty bits are cleared. Nothing is taken from the guest.
 */
export const freePageHints: Optimization = {
  name: 'free-page-hints',
  summary:
    'The guest tells which of its pages are free, and they are left out; it needs a driver in the guest, and keeps all of its memory.',
  helps: 'both',
  wrap: (strategy) =>
    intercept(strategy, (m) => {
      const leftOut = new LeftOut(m);
      leftOut.add(m.freePages());
      const { verbs, send } = leftOut.interception;
      return {
        verbs: {
          ...verbs,
          syncDirty() {
            if (!m.resumed) leftOut.add(m.freePages());
            return verbs!.syncDirty!();
          },
        },
        send,
      };
    }),
};
