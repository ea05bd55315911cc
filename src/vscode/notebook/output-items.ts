import { NotebookCellOutputItem } from 'vscode';
import { isBinary, type OutputItem } from '../../lab/notebook/outputs';

/** The bytes that VS Code holds for one presentation of an output. */
export function toItem(item: OutputItem): NotebookCellOutputItem {
  const bytes = 'base64' in item ? fromBase64(item.base64) : new TextEncoder().encode(item.text);
  return new NotebookCellOutputItem(bytes, item.mime);
}

export function fromItem({ mime, data }: NotebookCellOutputItem): OutputItem {
  return isBinary(mime) ? { mime, base64: toBase64(data) } : { mime, text: new TextDecoder().decode(data) };
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  } catch {
    // Not base64: no picture, but what stands in the file is not ours to drop.
    return new TextEncoder().encode(text);
  }
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
