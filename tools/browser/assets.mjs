// Loads scripts of the report's page outside a browser.

import {readFileSync} from 'node:fs';
import {document} from './document.mjs';

const assets = new URL('../../harness/viewcheck/src/report/html/assets/', import.meta.url);

/** Returns the functions `names` of the page's scripts `files`, which see each other as in the page. */
export function load(files, names, page = document) {
  const text = files.map((file) => readFileSync(new URL(file, assets), 'utf8')).join('\n');
  return new Function('document', `'use strict';\n${text}\nreturn {${names.join(', ')}};`)(page);
}
