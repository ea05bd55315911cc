import type { ActivationFunction } from 'vscode-notebook-renderer';
import {
  ANSWER_MIME,
  REPORT_MIME,
  VERDICT_MIME,
  type AnswerOutput,
  type ReportOutput,
  type VerdictOutput,
} from '../../src/protocol/outputs';
import { answerView } from './answer-view';
import { element } from './dom';
import { reportView } from './report-view';
import css from './style.css';
import { verdictView } from './verdict-view';
import type { View } from './view';

/** Shows the lab's outputs. Each is drawn anew from its data: a renderer keeps nothing between two of them. */
export const activate: ActivationFunction = () => {
  const views = new Map<string, View>();
  const dispose = (id: string) => {
    views.get(id)?.dispose();
    views.delete(id);
  };
  return {
    renderOutputItem(item, host) {
      dispose(item.id);
      // A shadow root, so that neither the notebook's styles nor ours reach across.
      const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
      const view = viewOf(item.mime, () => item.json() as unknown);
      view.node.addEventListener('keydown', keepFromNotebook);
      root.replaceChildren(element('style', {}, css), view.node);
      views.set(item.id, view);
    },
    disposeOutputItem(id) {
      for (const known of id === undefined ? [...views.keys()] : [id]) dispose(known);
    },
  };
};

/**
 * The keys that work a control are the control's. The notebook would take Enter as "edit this cell" and arrows as "go to
 * the next cell", and a table could not be unfolded without a mouse.
 */
function keepFromNotebook(event: KeyboardEvent): void {
  const control = event.target instanceof Element && event.target.closest('summary, button, input, a');
  if (control && /^(Enter| |Arrow.*)$/.test(event.key)) event.stopPropagation();
}

/** An output may be from another version, or written by hand: it is shown as well as possible, never trusted. */
function viewOf(mime: string, read: () => unknown): View {
  try {
    const output = read() as { version?: unknown };
    if (output?.version !== 1) throw new Error('version');
    if (mime === REPORT_MIME) return reportView(output as ReportOutput);
    if (mime === VERDICT_MIME) return verdictView(output as VerdictOutput);
    if (mime === ANSWER_MIME) return answerView(output as AnswerOutput);
    throw new Error('mime');
  } catch {
    const text = 'This output is from another version of the lab. Run the cell again to see it.';
    return { node: element('p', { class: 'lesser' }, text), dispose: () => undefined };
  }
}
