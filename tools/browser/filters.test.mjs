// The page of cases as somebody uses it who looks for something: each filter by its control, the address that follows, and
// the way back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, visit } from './browser.mjs';
import { listed, matching, outcomes, ready, report, settled, shown } from './report.mjs';

const { file, results } = report('real');
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** How many cases something holds of. */
const count = (holds) => results.cases.filter(holds).length;
const fileOf = (item) => results.documents.find((document) => document.file === item.file);

/** For each control of several values: the value that is chosen, and of which cases it holds. */
const MENUS = {
    Engine: ['wrong', (item) => 'wrong' in item.results],
    Area: ['slice', (item) => /^spec\/library\/slice(-exporter)?\.yaml$/.test(item.file)],
    Facet: ['value', (item) => outcomes(item).some(([, result]) => result.facet === 'value')],
    Document: [/^000/, (item) => fileOf(item).document?.startsWith('000')],
    Verdict: [/^refuted/, (item) => item.verdict === 'refuted'],
};

/** The buttons of the statuses. */
const statuses = (page) => page.getByRole('group', { name: /^(Status|Cases with a result)/ });

async function choose(page, menu, value) {
    const details = page.locator('details.menu', { hasText: new RegExp(`^${menu}:`) });
    await details.locator('summary').click();
    const name = value instanceof RegExp ? value : new RegExp(`^${value}$`);
    await details.getByRole('checkbox', { name }).check();
    await page.keyboard.press('Escape');
}

/** A view must be the same when its address is opened anew, by somebody it was sent to. */
async function reopened(page, check = async () => {}) {
    await settled(page);
    const before = [await matching(page), await listed(page)];
    const hash = new URL(page.url()).hash;
    await visit(browser, file, hash, {}, async (other) => {
        await ready(other);
        await settled(other);
        assert.deepEqual([await matching(other), await listed(other)], before, hash);
        await check(other);
    });
}

for (const [menu, [value, holds]] of Object.entries(MENUS)) {
    test(`the filter ${menu} is in the address, and gives the same when it is opened again`, async () => {
        await visit(browser, file, '#cases', {}, async (page) => {
            await ready(page);
            await choose(page, menu, value);
            assert.equal(await matching(page), count(holds));
            assert.match(page.url(), new RegExp(`#cases\\?${menu.toLowerCase()}=`));
            await reopened(page, async (other) => {
                const summary = other.locator('details.menu summary', { hasText: new RegExp(`^${menu}:`) });
                assert.doesNotMatch(await summary.textContent(), /all$/);
            });
        });
    });
}

test('the severities are those of the results, and each gives cases', async () => {
    await visit(browser, file, '#cases?severity=crash', {}, async (page) => {
        await ready(page);
        const crashes = count((item) => outcomes(item).some(([, result]) => result.status === 'crash'));
        assert.ok(crashes > 0);
        assert.equal(await matching(page), crashes);
    });
});

test('a button for each status says how many cases have it, and shows them', async () => {
    await visit(browser, file, '#cases', {}, async (page) => {
        await ready(page);
        const group = statuses(page);
        for (const status of ['fail', 'crash', 'skip']) {
            const expected = count((item) => outcomes(item).some(([, result]) => result.status === status));
            const button = group.locator(`button.status-${status}`);
            assert.ok((await button.textContent()).endsWith(` ${expected.toLocaleString('en')}`));
            await button.click();
            assert.equal(await button.getAttribute('aria-pressed'), 'true');
            assert.equal(await matching(page), expected);
            assert.equal(new URL(page.url()).hash, `#cases?status=${status}`);
            await reopened(page);
            await button.click();
        }
        assert.equal(await matching(page), results.cases.length);
    });
});

test('engines that disagree', async () => {
    const judged = (item) =>
        outcomes(item).flatMap(([, result]) =>
            ['skip', 'open', 'error'].includes(result.status) ? [] : [result.status === 'pass' ? '' : JSON.stringify(result)],
        );
    await visit(browser, file, '#cases', {}, async (page) => {
        await ready(page);
        await page.getByRole('checkbox', { name: 'engines disagree' }).check();
        assert.equal(await matching(page), count((item) => new Set(judged(item)).size > 1));
        assert.equal(new URL(page.url()).hash, '#cases?differs=1');
        await reopened(page);
    });
});

test('the text filter finds ids, claims, code and messages, and the address follows', async () => {
    await visit(browser, file, '#cases', {}, async (page) => {
        await ready(page);
        await page.keyboard.press('/');
        await page.keyboard.type('toreadonly()');
        const found = await matching(page);
        const certainly = count((item) => item.steps.some((step) => step.run.toLowerCase().includes('toreadonly()')));
        assert.ok(found >= certainly && found < results.cases.length, `${found} of at least ${certainly}`);
        assert.equal(new URL(page.url()).hash, '#cases?q=toreadonly()');
        await reopened(page, async (other) => {
            assert.equal(await other.getByRole('searchbox').inputValue(), 'toreadonly()');
        });
        await page.keyboard.type(' nothing-has-this');
        assert.equal(await matching(page), 0);
        await page.getByRole('button', { name: 'Clear filters' }).click();
        assert.equal(await matching(page), results.cases.length);
    });
});

test('filters that are combined must all hold', async () => {
    const holds = (item) => item.results.wrong?.status === 'fail' && item.steps.some((step) => step.run.includes('cast'));
    await visit(browser, file, '#cases?engine=wrong&status=fail&q=cast', {}, async (page) => {
        await ready(page);
        const found = await matching(page);
        assert.ok(found >= count(holds) && found <= count((item) => item.results.wrong?.status === 'fail'));
        await page.getByRole('searchbox').fill('');
        assert.equal(await matching(page), count((item) => item.results.wrong?.status === 'fail'));
    });
});

test('back and forward go through the views', async () => {
    await visit(browser, file, '', {}, async (page) => {
        await ready(page);
        const [first] = await shown(page);
        await page.getByRole('navigation').getByRole('link', { name: 'Cases' }).click();
        await statuses(page).locator('button.status-crash').click();
        const crashes = await matching(page);
        await statuses(page).locator('button.status-skip').click();
        await page.goBack();
        assert.equal(await matching(page), crashes);
        await page.goBack();
        assert.equal(await matching(page), results.cases.length);
        await page.goBack();
        assert.deepEqual(await shown(page), [first]);
        await page.goForward();
        await page.goForward();
        assert.equal(await matching(page), crashes);
    });
});

test('what an address names and the report does not have is said', async () => {
    await visit(browser, file, '#cases?engine=none&colour=red&status=crash', {}, async (page) => {
        await ready(page);
        const said = await page.getByRole('alert').textContent();
        assert.match(said, /engine none/);
        assert.match(said, /colour/);
        assert.ok((await matching(page)) > 0);
    });
});

test('more rows are made on demand', async () => {
    await visit(browser, file, '#cases', {}, async (page) => {
        await ready(page);
        await settled(page);
        const before = (await listed(page)).length;
        await page.getByRole('button', { name: /^Show .* more/ }).click();
        await settled(page);
        const after = await listed(page);
        assert.ok(after.length > before);
        assert.equal(new Set(after).size, after.length);
    });
});
