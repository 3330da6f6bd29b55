// A document of elements and text, as much of it as the drawings need. With it they are made outside a browser, for
// tests and for the pictures in docs/, and written as SVG.

const escapes = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'};

/** Returns text as XML has it. Characters that XML does not allow are not written. */
function xml(text) {
  return text.replace(/[&<>"]/g, (one) => escapes[one]).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '�');
}

export class Element {
  constructor(name) {
    [this.name, this.attributes, this.children, this.text] = [name, new Map(), [], ''];
  }

  setAttribute(name, value) {
    this.attributes.set(name, String(value));
  }

  getAttribute(name) {
    return this.attributes.has(name) ? this.attributes.get(name) : null;
  }

  appendChild(child) {
    this.children.push(child);
    return child;
  }

  set textContent(text) {
    [this.text, this.children] = [String(text), []];
  }

  get textContent() {
    return this.text + this.children.map((child) => child.textContent).join('');
  }

  /** Returns this element and all in it. */
  all() {
    return [this, ...this.children.flatMap((child) => child.all())];
  }

  /** Returns the elements of a name in this one. */
  named(name) {
    return this.all().filter((element) => element.name === name);
  }

  /** Returns the element as XML, one line for each element. */
  xml(indent = '') {
    const attributes = [...this.attributes].map(([name, value]) => ` ${name}="${xml(value)}"`).join('');
    if (!this.children.length) return `${indent}<${this.name}${attributes}${this.text ? `>${xml(this.text)}</${this.name}>` : '/>'}\n`;
    return `${indent}<${this.name}${attributes}>\n${this.children.map((child) => child.xml(`${indent} `)).join('')}${indent}</${this.name}>\n`;
  }
}

/** Stands for the `document` of a browser. */
export const document = {
  createElementNS: (_, name) => new Element(name),
  createElement: (name) => new Element(name),
};
