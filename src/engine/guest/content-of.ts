import type { GuestSpec } from '../scenario';
import type { Content } from './content';
import { ModelledContent } from './modelled-content';
import { RealContent } from './real-content';
import { TracedContent } from './traced-content';

/** The contents of a guest: recorded, as real bytes, or from a seeded model. */
export function contentOf(guest: GuestSpec, seed: number): Content {
  if (guest.trace) return new TracedContent(guest.trace, guest.pages);
  return guest.content?.realBytes ? new RealContent(guest, seed) : new ModelledContent(guest, seed);
}
