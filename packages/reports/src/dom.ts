type Attributes = Readonly<Record<string, string | number | boolean | undefined>>
type Child = Node | string | undefined

/**
 * Makes an element. A string becomes a text node and nothing else: what stands on this page was written by whoever sends events.
 *
 * `true` sets an empty attribute, `false` and `undefined` none.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children)
}

/** Makes a part of a drawing, by the same rules. */
export function svgElement(tag: string, attributes: Attributes, ...children: readonly Child[]): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
  return filled(made, attributes, children)
}

function filled<E extends Element>(made: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    made.setAttribute(name, value === true ? '' : String(value))
  }
  made.append(...children.filter((child) => child !== undefined))
  return made
}

/** Makes a sentence of our own in which backticks mark code. */
export const prose = (text: string): readonly Node[] =>
  text.split('`').map((part, index) => (index % 2 === 0 ? document.createTextNode(part) : element('code', {}, part)))

/**
 * Makes `parent` hold exactly these children in this order, touching only what differs, so that focus and scroll position survive.
 */
export function arrange(parent: Element, children: readonly Element[]): void {
  const wanted = new Set(children)
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove()
  let place = parent.firstElementChild
  for (const child of children) {
    if (child === place) place = place.nextElementSibling
    else parent.insertBefore(child, place)
  }
}
