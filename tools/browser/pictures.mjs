// Writes docs/aliasing.svg, the picture of a mismatch in README.md and in the report for readers without JavaScript:
// `node tools/browser/pictures.mjs`. With `--check` nothing is written; it fails if the file is not what it would write.
// The same text comes out on every machine: the drawings are made by the report's own script, without a browser.

import {readFileSync, writeFileSync} from 'node:fs';
import {load} from './assets.mjs';
import {Element} from './document.mjs';
import {aliasing} from './scenes.mjs';

const FILE = new URL('../../docs/aliasing.svg', import.meta.url);
const {drawing, scenes} = load(['scene.js', 'draw.js'], ['drawing', 'scenes']);
const [EDGE, LINE, BETWEEN] = [16, 16, 28];
// The picture brings its own paper, since a page may be dark where the system is light.
const STYLE = `
 .aliasing { color: #1c2024; max-width: 100%; height: auto }
 .aliasing .paper { fill: #fff; stroke: #d5dae1 }
 @media (prefers-color-scheme: dark) {
  .aliasing { color: #e3e6ea }
  .aliasing .paper { fill: #15181d; stroke: #363c45 }
 }
`;

function make(parent, name, attributes, text = '') {
  const element = parent.appendChild(new Element(name));
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

/** Puts a drawing below its caption at `x`, and returns its size. */
function place(root, svg, caption, x, y) {
  const [wide, high] = ['width', 'height'].map((name) => Number(svg.getAttribute(name)));
  make(root, 'text', {x: x + 4, y: y + 12, 'font-weight': 700, 'font-size': 13}, caption);
  svg.children = svg.children.filter(({name}) => name !== 'title' && name !== 'desc');
  for (const name of ['role', 'aria-labelledby', 'style', 'class', 'xmlns']) svg.attributes.delete(name);
  svg.setAttribute('x', x);
  svg.setAttribute('y', y + 24);
  root.appendChild(svg);
  return [wide, high + 24];
}

/** Returns the picture: the steps, and under them the memory as it should be beside what an engine showed. */
function picture({steps, engine, expected, seen}) {
  const marks = scenes.differences(expected, seen);
  const bare = {bytes: marks.bytes, views: Object.fromEntries(Object.keys(marks.views).map((name) => [name, []]))};
  const root = new Element('svg');
  const font = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';
  for (const [key, value] of Object.entries({xmlns: 'http://www.w3.org/2000/svg', class: 'aliasing', role: 'img', 'aria-labelledby': 'aliasing-title aliasing-words', fill: 'currentColor', 'font-family': font})) root.setAttribute(key, value);
  make(root, 'title', {id: 'aliasing-title'}, `A slice of a view that covers other bytes: what should be, and what ${engine} does`);
  make(root, 'desc', {id: 'aliasing-words'}, `After ${steps.join('; ')}. As it should be: ${scenes.words(expected)} ${engine}: ${scenes.words(seen, marks)}`);
  make(root, 'style', {}, STYLE);
  const paper = make(root, 'rect', {class: 'paper', x: 0.5, y: 0.5, rx: 6});
  steps.forEach((step, at) => make(root, 'text', {x: EDGE + 4, y: EDGE + 11 + at * LINE, 'font-family': 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace', 'font-size': 12}, step));
  const top = EDGE + steps.length * LINE + 14;
  const should = drawing(expected, {marks: bare, columns: 8, id: 'aliasing-should'});
  const is = drawing(seen, {marks, columns: 8, id: 'aliasing-is'});
  const [wide, high] = place(root, should, 'As it should be', EDGE, top);
  const [wider, higher] = place(root, is, `As ${engine} shows it`, EDGE + wide + BETWEEN, top);
  const size = [EDGE * 2 + wide + BETWEEN + wider, top + Math.max(high, higher) + EDGE];
  for (const [at, name] of ['width', 'height'].entries()) {
    root.setAttribute(name, size[at]);
    paper.setAttribute(name, size[at] - 1);
  }
  root.setAttribute('viewBox', `0 0 ${size.join(' ')}`);
  return root.xml();
}

const text = picture(aliasing);
if (process.argv.includes('--check')) {
  if (readFileSync(FILE, 'utf8') !== text) {
    console.error('docs/aliasing.svg is not current: run `node tools/browser/pictures.mjs`');
    process.exit(1);
  }
} else {
  writeFileSync(FILE, text);
}
