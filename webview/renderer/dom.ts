type Attributes = Record<string, string | undefined>;

/** An element with its content. Strings become text nodes, never markup: outputs may come from anybody. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...content: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const result = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) result.setAttribute(name, value);
  result.append(...content);
  return result;
}

/** A picture made of paths in a square of 16 units, in the colour of the text around it. */
export function svg(attributes: Attributes, ...shapes: [tag: string, attributes: Attributes][]): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const result = document.createElementNS(namespace, 'svg');
  for (const [name, value] of Object.entries({ 'aria-hidden': 'true', ...attributes }))
    result.setAttribute(name, value ?? '');
  for (const [tag, shape] of shapes) {
    const child = document.createElementNS(namespace, tag);
    for (const [name, value] of Object.entries(shape)) child.setAttribute(name, value ?? '');
    result.append(child);
  }
  return result;
}
