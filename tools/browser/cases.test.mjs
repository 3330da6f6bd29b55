// An opened case: by mouse and by keyboard, what it shows, and the two things to copy, which must work where they are
// pasted.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { launch, visit } from './browser.mjs';
import { listed, outcomes, ready, report } from './report.mjs';

const { file, folder, results } = report('real');
const PYTHON = process.env.BROWSER_PYTHON ?? 'python3';
const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] };
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const address = (item) => `#cases?case=${encodeURIComponent(item.id)}`;
const failing = results.cases.filter((item) => item.results.wrong?.status === 'fail');
/** A failure in ordinary Python, in which the wrong runner changed a slice. */
const sliced = failing.find(
    (item) =>
        item.results.python.status === 'pass' &&
        item.steps.some((step) => step.run.includes('[::2]')) &&
        !item.steps.some((step) => /exporter|hook|request|import|get_contiguous/.test(step.run)),
);
const passing = results.cases.find((item) => item.file.endsWith('/slice.yaml') && item.results.wrong?.status === 'pass');

test('a case opens and closes by a click, and its address follows', async () => {
    await visit(browser, file, '#cases?engine=wrong&status=fail', {}, async (page) => {
        await ready(page);
        const button = page.locator('.case-button').nth(3);
        const id = (await listed(page))[3];
        await button.click();
        assert.equal(await button.getAttribute('aria-expanded'), 'true');
        assert.equal(new URLSearchParams(page.url().split('?')[1]).get('case'), id);
        await page.getByRole('heading', { name: 'Steps', exact: true }).waitFor();
        await page.goBack();
        assert.equal(await button.getAttribute('aria-expanded'), 'false');
        await page.goForward();
        assert.equal(await button.getAttribute('aria-expanded'), 'true');
        await button.click();
        assert.equal(await button.getAttribute('aria-expanded'), 'false');
        assert.equal(await page.getByRole('heading', { name: 'Steps', exact: true }).count(), 0);
    });
});

test('a case opens by Tab and Enter, and Escape closes it and gives the focus back', async () => {
    await visit(browser, file, '#cases', {}, async (page) => {
        await ready(page);
        await page.getByRole('searchbox').focus();
        let id;
        for (let presses = 0; presses < 40 && !id; presses++) {
            await page.keyboard.press('Tab');
            id = await page.evaluate(() => document.activeElement.closest('.case')?.querySelector('.code').textContent);
        }
        assert.ok(id, 'no case was reached within 40 presses of Tab');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'Steps', exact: true }).waitFor();
        await page.keyboard.press('Escape');
        assert.equal(await page.getByRole('heading', { name: 'Steps', exact: true }).count(), 0);
        const focused = await page.evaluate(() => document.activeElement.closest('.case')?.querySelector('.code').textContent);
        assert.equal(focused, id);
    });
});

test('a case shows its claim, its place, its steps and the first difference', async () => {
    await visit(browser, file, address(sliced), {}, async (page) => {
        await ready(page);
        const text = await page.locator('.case.opened').innerText();
        const flat = text.replace(/\s+/g, ' ');
        const result = sliced.results.wrong;
        for (const step of sliced.steps) assert.ok(flat.includes(step.run.replace(/\s+/g, ' ')), step.run);
        assert.ok(flat.includes(`${sliced.file}:${sliced.line}`), 'its place');
        const difference = page.locator('.case.opened dl', { hasText: 'Came' }).locator('dd');
        const words = (await difference.allTextContents()).map((text) => text.replace(/\s+/g, ' '));
        assert.ok(words.includes(result.expected.replace(/\s+/g, ' ')), `expected: ${result.expected}`);
        assert.ok(words.includes(result.actual.replace(/\s+/g, ' ')), `came: ${result.actual}`);
        assert.ok((await page.locator('.case.opened mark').count()) > 0, 'what differs is marked');
        assert.ok(flat.includes(sliced.section), 'its section');
    });
});

test('cases of every kind open', async () => {
    const kinds = new Map();
    for (const item of results.cases) {
        for (const [engine, result] of outcomes(item)) {
            kinds.set([engine, result.status, result.facet, result.kind, item.verdict, item.file].join(), item);
        }
    }
    await visit(browser, file, '#cases', {}, async (page) => {
        await ready(page);
        for (const item of new Set(kinds.values())) {
            await page.evaluate((hash) => (location.hash = hash), address(item));
            await page.locator('.case.opened .code', { hasText: item.id }).first().waitFor();
            assert.equal(page.complaints.length, 0, `${item.id}: ${page.complaints[0]}`);
        }
    });
});

/** Presses a button of an opened case, and gives what is in the clipboard then. */
async function copied(page, item, label) {
    await page.locator('.case.opened').getByRole('button', { name: label }).first().click();
    await page.getByText('Copied to the clipboard.').waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
}

/** Runs a script with the Python of the tests. */
function run(script) {
    const path = join(folder, 'script.py');
    writeFileSync(path, script);
    const { status, stdout, stderr } = spawnSync(PYTHON, [path], { encoding: 'utf8' });
    return { status, said: stdout + stderr };
}

test('the YAML that is copied is a case that viewcheck reads, and that passes', async () => {
    await visit(browser, file, address(sliced), CLIPBOARD, async (page) => {
        await ready(page);
        const yaml = await copied(page, sliced, 'Copy YAML');
        const path = join(folder, 'copied.yaml');
        writeFileSync(path, 'title: Copied\n\ncases:\n' + yaml.replace(/^/gm, '  '));
        const args = ['check', path, '--engine', 'reference', '--color', 'never'];
        const { status, stdout, stderr } = spawnSync(process.env.BROWSER_VIEWCHECK, args, { encoding: 'utf8' });
        assert.equal(status, 0, stdout + stderr + yaml);
    });
});

test('the script of a passing case passes', async () => {
    await visit(browser, file, address(passing), CLIPBOARD, async (page) => {
        await ready(page);
        const script = await copied(page, passing, 'Copy script');
        const { status, said } = run(script);
        assert.equal(status, 0, `${said}\n${script}`);
    });
});

test('the script of a failure fails where the Python is wrong, and passes where it is right', async () => {
    await visit(browser, file, address(sliced), CLIPBOARD, async (page) => {
        await ready(page);
        const script = await copied(page, sliced, 'Copy script');
        const right = run(script);
        assert.equal(right.status, 0, `${right.said}\n${script}`);
        // What the wrong runner does, too.
        const wrong = run(script.replaceAll('[::2]', '[1::2]'));
        assert.equal(wrong.status, 1, `${wrong.said}\n${script}`);
        assert.match(wrong.said, /expected/);
    });
});

test('without a clipboard the script is shown and selected', async () => {
    await visit(browser, file, address(sliced), {}, async (page) => {
        await ready(page);
        await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
        await page.locator('.case.opened').getByRole('button', { name: 'Copy script' }).first().click();
        const selected = await page.evaluate(() => {
            const area = document.activeElement;
            return area.value.slice(area.selectionStart, area.selectionEnd);
        });
        assert.ok(selected.includes(sliced.id), 'the script is selected');
        assert.equal(run(selected).status, 0, selected);
        await page.getByText(/press Ctrl\+C/).waitFor();
    });
});

test('the views of a case are drawn, with words for a screen reader', async () => {
    await visit(browser, file, address(sliced), {}, async (page) => {
        await ready(page);
        const drawings = page.locator('.case.opened svg[role=img]');
        assert.ok((await drawings.count()) > 0, 'no drawing');
        for (const title of await drawings.locator('title').allTextContents()) assert.ok(title.length > 3);
        const broken = await page.locator('.case.opened svg').evaluateAll((all) =>
            all.flatMap((svg) => [...svg.querySelectorAll('*')].flatMap((element) =>
                [...element.attributes].filter((attribute) => /NaN|undefined/.test(attribute.value)).map((attribute) => attribute.name))));
        assert.deepEqual(broken, []);
    });
});
