// Shows that the tests notice what they are for: each fault spoils the reports in one way, and the test that is named must
// fail. A fault that no longer applies, because the text it changes is gone, is an error, too.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const REPORTS = process.env.BROWSER_REPORTS;

/** The name of a fault; the file and the beginning of the name of the test; where the fault is; what becomes what. */
const FAULTS = [
    ['the address of a filter is not read', 'filters', 'the filter Area', 'script', /function filterOf\(model, query\) \{/, '$& query = "";'],
    ['a filter shows one case too few', 'filters', 'the filter Engine', 'script', /shown\.push\(i\)/, 'i && shown.push(i)'],
    ['a status counts others', 'filters', 'a button for each status', 'script', /if \(bits & \(1 << status\)\) counts/, 'if (bits) counts'],
    ['all engines disagree', 'filters', 'engines that disagree', 'script', /function disagrees\([^)]*\) \{/, '$& return true;'],
    ['the text filter looks at ids only', 'filters', 'the text filter', 'script', /parts\.push\(run\);/, ''],
    ['a filter replaces another', 'filters', 'filters that are combined', 'script', /view\.go\(\{ \.\.\.view\.filter/, 'view.go({ ...emptyFilter()'],
    ['views are not in the history', 'filters', 'back and forward', 'script', /history\.pushState/, 'history.replaceState'],
    ['unknown values are not said', 'filters', 'what an address names', 'script', /view\.ignored\.hidden = /, '$& true || '],
    ['the same rows come again', 'filters', 'more rows', 'script', /view\.rows = end;/, ''],
    ['a case does not close', 'cases', 'a case opens and closes by a click', 'script', /view\.filter\.case === id \? "" : id/, 'id'],
    ['the focus is lost', 'cases', 'a case opens by Tab', 'script', /button\.isConnected \? button\.focus\(\) : state\.list\.text\.focus\(\);/, 'document.activeElement.blur();'],
    ['what came is not shown', 'cases', 'a case shows its claim', 'script', /make\("code", null, after\)/, '""'],
    ['an exception', 'cases', 'cases of every kind', 'script', /function given\([^)]*\) \{/, '$& null.steps;'],
    ['the YAML is cut', 'cases', 'the YAML that is copied', 'script', /\(\) => item\.source/, '() => item.source.slice(4)'],
    ['a script without its first line', 'cases', 'the script of a passing case', 'script', /navigator\.clipboard\.writeText\(text\)/, 'navigator.clipboard.writeText("raise\\n" + text)'],
    ['a script that never fails', 'cases', 'the script of a failure', 'script', /navigator\.clipboard\.writeText\(text\)/, 'navigator.clipboard.writeText("import os; os._exit(0)\\n" + text)'],
    ['nothing is selected', 'cases', 'without a clipboard', 'script', /area\.select\(\);/, ''],
    ['no drawing', 'cases', 'the views of a case', 'script', /function drawings\([^)]*\) \{/, '$& return [];'],
    ['all pages at once', 'look', 'one page is shown', 'style', /\.js \.page \{ display: none; \}/, ''],
    ['a link to no area', 'look', 'every link', 'html', /href="#cases\?area=[a-z]+"/, 'href="#cases?area=nowhere"'],
    ['a link to somewhere', 'look', 'links that leave', 'html', /<a href="#about"/, '<a href="https://example.org"'],
    ['the theme is not kept', 'look', 'the theme', 'script', /localStorage\.setItem\(name, value\);/, ''],
    ['the browser must keep something', 'look', 'a browser that keeps nothing', 'script', /\} catch \{\s*\/\/ A page from a file[^}]*\}/, '} finally {}'],
    ['too wide for a phone', 'look', 'no page is wider', 'style', /$/, ' #errata { min-width: 700px; }'],
    ['small buttons', 'look', 'what a finger', 'style', /$/, ' .case-button { font-size: 6px; line-height: 1; padding: 0; height: 12px; overflow: hidden; }'],
    ['the navigation on paper', 'look', 'on paper', 'style', /@media print/g, '@media speech'],
    ['dark paper', 'look', 'a dark screen', 'style', /@media print/g, '@media speech'],
    ['hidden without JavaScript', 'look', 'without JavaScript', 'style', /$/, ' .page { display: none; }'],
    ['a request', 'look', 'the theme', 'html', /<main/, '<img alt="" src="https://example.org/x.png"><main'],
    ['an error in the console', 'look', 'the theme', 'script', /start\(\);\s*\}\)/, 'console.error("x"); $&'],
    ['too little contrast', 'access', 'axe-core finds nothing: light', 'style', /--soft: light-dark\(#[0-9a-f]+/, '--soft: light-dark(#b0b0b0'],
    ['a control without a label', 'access', 'axe-core finds nothing: dark', 'script', /make\("label", \{ for: "q", class: "search" \}, "Text "/, 'make("span", { class: "search" }, ""'],
    ['no language', 'access', 'axe-core finds nothing: light', 'head', /<html lang="en">/, '<html>'],
    ['the script makes markup of texts', 'hostile', 'hostile texts stay texts on every page', 'script', /element\.append\(typeof child === "string" \? visible\(child\) : child\)/, 'typeof child === "string" ? element.insertAdjacentHTML("beforeend", child) : element.append(child)'],
    ['the pages make markup of texts', 'hostile', 'hostile texts stay texts, without', 'html', /&lt;(img|svg|b) id=broken/g, '<$1 id=broken'],
    ['an address becomes markup', 'hostile', 'a hostile address', 'script', /view\.ignored\.textContent = /, 'view.ignored.innerHTML = '],
    ['a filter becomes markup', 'hostile', 'hostile filters', 'script', /return make\("label", \{ class: "check" \}, box, words\);/, 'const made = make("label", { class: "check" }, box); made.insertAdjacentHTML("beforeend", words); return made;'],
    ['a control character', 'hostile', 'what a document must not hold', 'html', /<main/, '<!-- \u202e --><main'],
];

/** A report with a fault in one of its parts. The hash of the script is corrected, or no script would run. */
function spoiled(html, [, , , where, from, to]) {
    const script = html.lastIndexOf('<script>') + '<script>'.length;
    const scriptEnd = html.lastIndexOf('</script>');
    const style = html.indexOf('<style>') + '<style>'.length;
    const styleEnd = html.indexOf('</style>');
    const [start, end] = { head: [0, style], script: [script, scriptEnd], style: [style, styleEnd], html: [styleEnd, script] }[where];
    const before = html.slice(start, end);
    const part = before.replace(from, to);
    if (part === before) throw new Error(`what it changes is not there: ${from}`);
    const changed = html.slice(0, start) + part + html.slice(end);
    const text = changed.slice(changed.lastIndexOf('<script>') + '<script>'.length, changed.lastIndexOf('</script>'));
    const hash = createHash('sha256').update(text).digest('base64');
    return changed.replace(/sha256-[A-Za-z0-9+/=]+/, `sha256-${hash}`);
}

/** Runs one test on reports with a fault. Gives what is wrong with that, if anything is. */
function noticed(fault) {
    const [name, file, test] = fault;
    const folder = `${REPORTS}-spoiled`;
    cpSync(REPORTS, folder, { recursive: true });
    const report = join(folder, file === 'hostile' ? 'hostile' : 'real', 'index.html');
    try {
        writeFileSync(report, spoiled(readFileSync(report, 'utf8'), fault));
    } catch (error) {
        return `${name}: ${error.message}`;
    }
    const pattern = `^${test.replace(/[.*+?^$(){}|[\]\\]/g, '\\$&')}`;
    const args = ['--test', '--test-reporter=tap', `--test-name-pattern=${pattern}`, join(HERE, `${file}.test.mjs`)];
    const { stdout } = spawnSync('node', args, { env: { ...process.env, BROWSER_REPORTS: folder }, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    const failed = Number(/^# fail (\d+)/m.exec(stdout)?.[1]);
    const why = /error: (?:\|-\s*)?(.*)/.exec(stdout)?.[1] ?? '';
    console.log(`${failed === 1 ? 'noticed' : 'MISSED '}  ${name}: ${why.slice(0, 110)}`);
    return failed === 1 ? undefined : `${name}: "${test}" did not fail`;
}

const [only] = process.argv.slice(2);
const wrong = FAULTS.filter(([name]) => !only || name.includes(only)).map(noticed).filter(Boolean);
if (wrong.length) {
    console.error(`\nfaults that were not noticed:\n${wrong.join('\n')}`);
    process.exitCode = 1;
}
