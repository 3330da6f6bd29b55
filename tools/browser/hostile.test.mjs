// Texts that try to break out of the report: what stands in cases, in the name of a file, and what an engine says. They are
// shown as they are, and become no element, no attribute and no code.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { launch, visit } from './browser.mjs';
import { BREAKOUT, FILE } from './hostile.mjs';
import { pages, ready, report } from './report.mjs';

const { file, results } = report('hostile');
/** The beginning of the text, which is shown in one piece wherever it is not cut. */
const START = BREAKOUT.slice(0, 60);
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** What no report has: whatever the texts would make of it. */
function faults() {
    const all = [...document.querySelectorAll('*')];
    const known = ['http://www.w3.org/1999/xhtml', 'http://www.w3.org/2000/svg'];
    return [
        ...(window.broken === undefined ? [] : ['code was run']),
        ...all.filter((each) => each.id === 'broken').map((each) => `an element ${each.outerHTML.slice(0, 80)}`),
        ...all.filter((each) => ['IMG', 'IFRAME', 'OBJECT', 'EMBED', 'BASE', 'LINK'].includes(each.tagName)).map((each) => each.outerHTML),
        ...all.filter((each) => !known.includes(each.namespaceURI)).map((each) => `another namespace: ${each.tagName}`),
        ...all.flatMap((each) => [...each.attributes].filter(({ name }) => /^on|[^a-z0-9:_-]/i.test(name)).map(({ name }) => `an attribute ${name}`)),
        ...all.flatMap((each) => [...each.attributes].filter(({ name, value }) => /^(href|src|action|formaction|xlink:href)$/.test(name) && !/^(#|https:\/\/)/.test(value)).map(({ value }) => `a link to ${value}`)),
    ];
}

for (const [words, options] of [['with', {}], ['without', { javaScriptEnabled: false }]]) {
    test(`hostile texts stay texts, ${words} JavaScript`, async () => {
        await visit(browser, file, '', options, async (page) => {
            if (options.javaScriptEnabled !== false) await ready(page);
            assert.deepEqual(await page.evaluate(faults), []);
            assert.ok((await page.locator('main').textContent()).includes(START), 'the text is shown');
            assert.equal(await page.locator('script').count(), 3);
            // One, and one for readers without JavaScript.
            assert.ok((await page.locator('style').count()) <= 2);
        });
    });
}

test('hostile texts stay texts on every page, and in every opened case', async () => {
    await visit(browser, file, '', {}, async (page) => {
        await ready(page);
        for (const id of await pages(page)) {
            await page.evaluate((hash) => (location.hash = hash), `#${id}`);
            await page.waitForTimeout(20);
            assert.deepEqual(await page.evaluate(faults), [], id);
        }
        let texts = '';
        for (const item of results.cases) {
            await page.evaluate((hash) => (location.hash = hash), `#cases?case=${encodeURIComponent(item.id)}`);
            await page.locator('.case.opened .code', { hasText: item.id }).first().waitFor();
            for (const details of await page.locator('.case.opened details').all()) await details.evaluate((each) => (each.open = true));
            await page.locator('.case.opened').getByRole('button', { name: 'Copy script' }).first().click();
            assert.deepEqual(await page.evaluate(faults), [], item.id);
            texts += await page.locator('.case.opened').textContent();
        }
        assert.ok(texts.includes(START), 'the text of an engine is shown');
        assert.ok(texts.includes(FILE), 'the name of the file is shown');
        assert.ok(texts.includes('</script><script>broken=1</script>'));
    });
});

test('a hostile address becomes text', async () => {
    for (const hash of [`#${encodeURIComponent(BREAKOUT)}`, `#cases?engine=${encodeURIComponent(BREAKOUT)}&case=${encodeURIComponent(BREAKOUT)}`, '#cases?q=%', '#cases?__proto__=1&constructor=2', `#cases?q=${encodeURIComponent(BREAKOUT)}`, '#%', '#cases?case=toString']) {
        await visit(browser, file, hash, {}, async (page) => {
            await ready(page);
            assert.deepEqual(await page.evaluate(faults), [], hash);
        });
    }
});

test('hostile filters can be chosen', async () => {
    await visit(browser, file, '#cases', {}, async (page) => {
        await ready(page);
        for (const menu of await page.locator('details.menu').all()) {
            await menu.locator('summary').click();
            await menu.getByRole('checkbox').first().check();
            assert.deepEqual(await page.evaluate(faults), []);
            await page.keyboard.press('Escape');
            await page.getByRole('button', { name: 'Clear filters' }).click();
        }
    });
});

test('what a document must not hold is not in the file', () => {
    const text = readFileSync(file, 'utf8');
    // NUL, ESC, BEL and others; directions of writing, which would change what stands beside them.
    const found = [...text.matchAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g)];
    assert.deepEqual(found.map((match) => match[0].charCodeAt(0).toString(16)), []);
});
