// Runs the runner, or the script of a finding, in Brython, which is made for browsers.
//
// node brython.cjs PACKAGE FILE: PACKAGE is the folder with brython.js and brython_stdlib.js, of the npm package
// `brython` or of the wheel of that name (`brython/data`).

const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const vm = require('node:vm');
const write = require('./write.cjs');

const [folder, runner] = process.argv.slice(2);
const nothing = () => undefined;
const element = () => ({ style: {}, appendChild: nothing, setAttribute: nothing, addEventListener: nothing });
globalThis.self = globalThis;
globalThis.module = {};
globalThis.location = { href: 'http://localhost/', origin: 'http://localhost', pathname: '/', search: '' };
globalThis.addEventListener = nothing;
globalThis.document = {
  dispatchEvent: nothing, addEventListener: nothing, createElement: element, head: element(), body: element(),
  getElementsByTagName: () => [], querySelectorAll: () => [], currentScript: { src: 'http://localhost/brython.js' },
};
// Nothing can be fetched: a module that the package lacks is missing.
globalThis.XMLHttpRequest = class {
  open() {}
  setRequestHeader() {}
  overrideMimeType() {}
  send() {
    Object.assign(this, { readyState: 4, status: 404, responseText: '' });
    if (this.onreadystatechange) this.onreadystatechange();
    if (this.onload) this.onload();
  }
};
if (!Set.prototype.difference) {
  Set.prototype.difference = function (other) { return new Set([...this].filter((item) => !other.has(item))); };
}
// As scripts: what they evaluate later must see their variables.
for (const name of ['brython.js', 'brython_stdlib.js']) {
  vm.runInThisContext(fs.readFileSync(path.join(folder, name), 'utf8'), { filename: name });
}
const brython = globalThis.__BRYTHON__;
// An exception of Brython refers to all of its types, which node would print for minutes.
process.on('uncaughtException', (error) => {
  toErrors(error.stack ?? error.args ?? error);
  process.exit(1);
});
const toErrors = (text) => process.stderr.write(String(text).slice(0, 2000) + '\n');
console.log = console.error = console.warn = console.info = toErrors;
const source = fs.readFileSync(runner, 'utf8');
// Only a runner has this function.
if (!/^def handle\(/m.test(source)) {
  console.log = (...texts) => process.stdout.write(texts.join(' '));
  try {
    brython.runPythonSource(source, '__main__');
  } catch (error) {
    if (error.__class__?.__name__ !== 'SystemExit' && error.ob_type?.__name__ !== 'SystemExit') throw error;
    process.exitCode = Number(error.args?.[0] ?? 0);
  }
  return;
}
const imported = brython.runPythonSource(source, 'runner');
const handle = brython.pyobj2jsobj(brython.module_getattr(imported, 'handle'));
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  if (line.trim()) handle(line, write);
});
