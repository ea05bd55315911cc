/** What amaro asks of Node, for browsers: the bundler puts this file in the place of `util` and `node:buffer`. */
export const { TextDecoder, TextEncoder } = globalThis;

export const Buffer = {
  from: (base64: string, _encoding: 'base64'): Uint8Array => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)),
};
