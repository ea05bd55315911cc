import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { decode, encode, type Notebook } from '../../../../src/lab/notebook/nbformat';
import { STDOUT } from '../../../../src/lab/notebook/outputs';

const FIXTURES = new URL('../../../fixtures/notebooks/', import.meta.url);

/** What an editor does with metadata on the way: it goes through JSON and through messages. */
function throughEditor(notebook: Notebook): Notebook {
  return structuredClone(JSON.parse(JSON.stringify(notebook))) as Notebook;
}

function roundTrip(text: string): string {
  return encode(throughEditor(decode(text)));
}

describe('notebook file', () => {
  for (const name of readdirSync(FIXTURES)) {
    it(`keeps every byte of ${name}`, () => {
      const text = readFileSync(new URL(name, FIXTURES), 'utf8');
      expect(roundTrip(text)).to.equal(text);
    });
  }

  it('keeps every byte of any notebook, whatever its spelling', () => {
    fc.assert(
      fc.property(notebookText(), (text) => void expect(roundTrip(text)).to.equal(text)),
      { numRuns: 500 },
    );
  });

  it('writes what a JSON reader reads the same, after any cell was edited', () => {
    fc.assert(
      fc.property(notebookText(), fc.nat(), fc.string(), (text, which, typed) => {
        const notebook = throughEditor(decode(text));
        if (notebook.cells.length === 0) return;
        const index = which % notebook.cells.length;
        notebook.cells[index]!.text = typed;
        const before = JSON.parse(text.replace(/^\ufeff/, ''));
        const after = JSON.parse(encode(notebook).replace(/^\ufeff/, ''));
        const source = after.cells[index].source;
        expect(typeof source === 'string' ? source : source.join('')).to.satisfy((s: string) => same(s, typed));
        after.cells[index].source = before.cells[index].source;
        expect(after).to.deep.equal(before);
      }),
    );
  });

  it('changes only the line of the cell that was edited', () => {
    const text = readFileSync(new URL('everything.vmlab.ipynb', FIXTURES), 'utf8');
    const notebook = throughEditor(decode(text));
    const cell = notebook.cells.find((c) => c.text.includes('memory: 1 GiB'))!;
    cell.text = cell.text.replace('memory: 1 GiB', 'memory: 2 GiB');
    const before = text.split('\n');
    const changed = encode(notebook)
      .split('\n')
      .filter((line, i) => line !== before[i]);
    expect(changed).to.deep.equal(['    "guest: { memory: 2 GiB }\\n",']);
  });

  it("adds a new cell in Jupyter's form, with an id", () => {
    const notebook = decode('');
    notebook.cells.push({
      kind: 'code',
      language: 'yaml',
      text: 'a: 1\nb: 2',
      outputs: [{ items: [{ mime: STDOUT, text: 'x\ny' }] }],
    });
    expect(JSON.parse(encode(notebook)).cells).to.deep.equal([
      {
        cell_type: 'code',
        execution_count: null,
        id: 'cell-1',
        metadata: {},
        outputs: [{ name: 'stdout', output_type: 'stream', text: ['x\n', 'y'] }],
        source: ['a: 1\n', 'b: 2'],
      },
    ]);
  });

  it('gives a pasted copy an id of its own', () => {
    const notebook = decode(notebookOf([{ cell_type: 'markdown', id: 'cell-1', metadata: {}, source: ['x'] }]));
    const { id: _, ...copy } = notebook.cells[0]!;
    notebook.cells.push(copy, structuredClone(copy));
    expect(JSON.parse(encode(notebook)).cells.map((c: { id: string }) => c.id)).to.deep.equal(['cell-1', 'cell-2', 'cell-3']);
  });

  it('turns a code cell into a text cell without leaving outputs behind', () => {
    const code = { cell_type: 'code', execution_count: 3, id: 'a', metadata: { x: 1 }, outputs: [], source: ['x'] };
    const notebook = decode(notebookOf([code]));
    Object.assign(notebook.cells[0]!, { kind: 'markdown', language: 'markdown' });
    const [cell] = JSON.parse(encode(notebook)).cells;
    expect(cell).to.deep.equal({ cell_type: 'markdown', id: 'a', metadata: { x: 1 }, source: ['x'] });
  });

  it('writes a new result in place of the old one, and clears the count', () => {
    const output = { data: { 'text/plain': ['old'] }, metadata: {}, output_type: 'display_data' };
    const code = { cell_type: 'code', execution_count: 3, id: 'a', metadata: {}, outputs: [output], source: ['x'] };
    const notebook = decode(notebookOf([code]));
    const json = { mime: 'application/vnd.vmlab.report+json', text: '{"a":1}' };
    notebook.cells[0]!.outputs[0]!.items = [json, { mime: 'text/plain', text: 'a\nb' }];
    delete notebook.cells[0]!.executionCount;
    const [cell] = JSON.parse(encode(notebook)).cells;
    expect(cell.execution_count).to.equal(null);
    expect(cell.outputs[0].data).to.deep.equal({ [json.mime]: { a: 1 }, 'text/plain': ['a\n', 'b'] });
  });

  it('keeps a cell of a million characters', () => {
    const text = notebookOf([{ cell_type: 'markdown', id: 'a', metadata: {}, source: ['x'.repeat(1_000_000)] }]);
    expect(roundTrip(text)).to.equal(text);
  });

  const refusals: [string, string, string][] = [
    ['cut off', '{\n "cells": [\n', 'Line 3, column 1: the file ends here, but a value is expected'],
    ['a missing comma', '{\n "a": 1\n "b": 2\n}', 'Line 3, column 2: a comma or "}" is expected.'],
    ['a trailing comma', '{"a": [1, ]}', 'Line 1, column 11: a value is expected'],
    ['more after the end', '{"nbformat": 4, "cells": []} x', 'Line 1, column 30: there is more text'],
    ['a list', '[]', 'Line 1, column 1: a notebook is expected'],
    ['an old format', '{"cells": [],\n"nbformat": 3}', 'Line 2, column 13: nbformat 4 is expected'],
    [
      'a cell without kind',
      '{"nbformat": 4, "cells": [\n {"source": ""}]}',
      'Line 2, column 2: "cell_type" must be one of code, markdown, raw',
    ],
    [
      'a number as source',
      notebookOf([{ cell_type: 'raw', metadata: {}, source: 5 }]),
      'the source of a cell must be a text',
    ],
    ['nesting without end', '['.repeat(1e5), 'nested more than 500 deep'],
  ];
  for (const [what, text, message] of refusals) {
    it(`refuses ${what} and says where`, () => expect(() => decode(text)).to.throw(message));
  }
});

function same(a: string, b: string): boolean {
  return a.replace(/\r\n?/g, '\n') === b.replace(/\r\n?/g, '\n');
}

function notebookOf(cells: object[]): string {
  return `${JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, undefined, 1)}\n`;
}

/** Notebooks as text: ordinary ones, and ones that spell everything in any way that JSON allows. */
function notebookText(): fc.Arbitrary<string> {
  const space = fc.constantFrom('', '', '', ' ', '\n', '\r\n', '\t', ' \n  ');
  const layout = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(1, 2, 4, '\t').map((indent) => ({ indent })) },
    { weight: 1, arbitrary: fc.constant({ indent: 0 }) },
    { weight: 2, arbitrary: fc.infiniteStream(space).map((stream) => ({ indent: stream })) },
  );
  const edges = fc.tuple(fc.constantFrom('', '', '\ufeff', '\n'), fc.constantFrom('', '\n', '\r\n', '\n\n'));
  return fc.tuple(notebookTree(), layout, edges, fc.boolean()).map(([tree, { indent }, [before, after], crlf]) => {
    const text = typeof indent === 'object' ? scatter(tree, indent) : pretty(tree, indent, 0);
    return before + (crlf ? text.replaceAll('\n', '\r\n') : text) + after;
  });
}

/** A tree whose leaves are JSON tokens, spelt out. */
type Tree = string | { list: Tree[] } | { object: [string, Tree][] };

function notebookTree(): fc.Arbitrary<Tree> {
  const plainString = fc.string({ unit: 'grapheme' }).map((s) => JSON.stringify(s));
  const odd = fc.constantFrom(
    '"\\u00e9"',
    '"\\/"',
    '"\\ud83d\\ude00"',
    '"\\ud800"',
    '"a\\r\\nb"',
    '"\\u000A"',
    '"\u2028"',
  );
  const text = fc.oneof({ weight: 5, arbitrary: plainString }, { weight: 1, arbitrary: odd });
  const number = fc.constantFrom('1.0', '12345678901234567890', '-0', '1e5', '1E+2', '0.10', '7', '-3.25');
  const leaf = fc.oneof(text, number, fc.constantFrom('true', 'false', 'null'));
  const key = fc.oneof(
    { weight: 6, arbitrary: fc.string().map((s) => JSON.stringify(s)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('"1"', '"0"', '"__proto__"', '"$raw"', '"id"', '"\\u0061"', '"constructor"'),
    },
  );
  const { any } = fc.letrec<{ any: Tree }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('any'), { maxLength: 3 }).map((list) => ({ list })),
      fc.array(fc.tuple(key, tie('any')), { maxLength: 3 }).map((object) => ({ object })),
    ),
  }));
  const object = fc.array(fc.tuple(key, any), { maxLength: 3 }).map((o): Tree => ({ object: o }));
  const source = fc.oneof(
    text,
    fc.array(text, { maxLength: 4 }).map((list): Tree => ({ list })),
  );
  const output = fc.oneof(
    fc.tuple(fc.constantFrom('"stdout"', '"stderr"'), source).map(([name, t]): Tree => ({
      object: [
        ['"name"', name],
        ['"output_type"', '"stream"'],
        ['"text"', t],
      ],
    })),
    fc
      .tuple(fc.constantFrom('"text/plain"', '"image/png"', '"application/json"'), source, object, any)
      .map(([mime, value, metadata, json]): Tree => ({
        object: [
          ['"data"', { object: [[mime, mime.includes('json') ? json : value]] }],
          ['"metadata"', metadata],
          ['"output_type"', '"display_data"'],
        ],
      })),
    fc.array(text).map((list): Tree => ({
      object: [
        ['"ename"', '"E"'],
        ['"evalue"', '"v"'],
        ['"output_type"', '"error"'],
        ['"traceback"', { list }],
      ],
    })),
    object,
  );
  const extra = fc.array(fc.tuple(fc.constantFrom('"x"', '"deletable"', '"2"', '"attachments"'), any), {
    maxLength: 2,
  });
  const id = fc.option(text, { nil: undefined });
  const cell = fc
    .tuple(fc.constantFrom('code', 'markdown', 'raw'), object, source, id, fc.array(output, { maxLength: 2 }), extra)
    .map(([type, metadata, src, name, outputs, more]): Tree => ({
      object: [
        ['"cell_type"', `"${type}"`],
        ...(type === 'code' ? [['"execution_count"', outputs.length > 0 ? '3' : 'null'] as [string, Tree]] : []),
        ...(name === undefined ? [] : [['"id"', name] as [string, Tree]]),
        ['"metadata"', metadata],
        ...(type === 'code' ? [['"outputs"', { list: outputs }] as [string, Tree]] : []),
        ...more,
        ['"source"', src],
      ],
    }));
  return fc
    .tuple(fc.array(cell, { maxLength: 4 }), object, fc.constantFrom('5', '4', '2'))
    .map(([cells, metadata, minor]): Tree => ({
      object: [
        ['"cells"', { list: cells }],
        ['"metadata"', metadata],
        ['"nbformat"', '4'],
        ['"nbformat_minor"', minor],
      ],
    }));
}

/** As JSON.stringify lays it out. */
function pretty(tree: Tree, indent: string | number, depth: number): string {
  if (typeof tree === 'string') return tree;
  const unit = typeof indent === 'number' ? ' '.repeat(indent) : indent;
  const nl = (d: number) => (unit === '' ? '' : `\n${unit.repeat(d)}`);
  const colon = unit === '' ? ':' : ': ';
  const items =
    'list' in tree
      ? tree.list.map((item) => pretty(item, indent, depth + 1))
      : tree.object.map(([key, value]) => key + colon + pretty(value, indent, depth + 1));
  const [open, close] = 'list' in tree ? '[]' : '{}';
  return items.length === 0
    ? `${open}${close}`
    : open + nl(depth + 1) + items.join(`,${nl(depth + 1)}`) + nl(depth) + close;
}

/** With any white space anywhere. */
function scatter(tree: Tree, spaces: Iterator<string>): string {
  const gap = () => spaces.next().value as string;
  if (typeof tree === 'string') return tree;
  const items =
    'list' in tree
      ? tree.list.map((item) => gap() + scatter(item, spaces) + gap())
      : tree.object.map(([key, value]) => gap() + key + gap() + ':' + gap() + scatter(value, spaces) + gap());
  const [open, close] = 'list' in tree ? '[]' : '{}';
  return items.length === 0 ? open + gap() + close : open + items.join(',') + close;
}
