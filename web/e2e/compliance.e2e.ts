import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from './fixtures';
import { BINARY } from './server';

test('the map says where a marketing text may be sent now, by keys and in words', async ({
  signedIn: page,
  shop,
}) => {
  await page.goto(`${shop.url}/inbox`);
  await page.getByRole('heading', { name: 'Inbox', level: 1 }).first().waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Go, find, do' }).fill('compliance');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/compliance$/);

  const map = page.getByRole('radiogroup', { name: 'States' });
  await expect(map.getByRole('radio')).toHaveCount(51);
  const { states }: { states: { state: string; open: boolean }[] } = await (
    await shop.api.get('/api/v1/windows')
  ).json();
  // An hour may end between the two looks; the page looks again by itself.
  await expect(map.getByRole('radio', { name: /, Open$/ })).toHaveCount(
    states.filter((state) => state.open).length,
    { timeout: 40_000 },
  );

  // From New York, where one begins, two to the right and down along the coast.
  await map.getByRole('radio', { name: /^New York,/ }).focus();
  for (const [key, name] of [
    ['ArrowRight', 'Rhode Island'],
    ['ArrowRight', 'Massachusetts'],
    ['ArrowUp', 'New Hampshire'],
    ['ArrowLeft', 'Vermont'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(map.getByRole('radio', { name: new RegExp(`^${name},`) })).toBeFocused();
    await expect(page.getByRole('status').filter({ hasText: name })).toContainText(
      /(Closes|Opens) at/,
    );
  }
  await expect(page.getByRole('listitem').filter({ hasText: 'Vermont' })).toContainText(
    /Close|Open/,
  );
});

test('an opt-out in their own words is read, told why, and undone by START', async ({
  signedIn: page,
  shop,
}) => {
  await shop.text('+12125550143', 'hello');
  await shop.text('+12125550143', 'please stop texting me');
  await page.goto(`${shop.url}/compliance/opt-outs`);
  const row = page.getByRole('listitem').filter({ hasText: '(212) 555-0143' });
  await expect(row).toContainText('Said so in their own words');
  await expect(row).toContainText('please stop texting me');
  await expect(row).toContainText('A wish in words');
  await row.getByRole('button', { name: /^Open thread/ }).click();
  await expect(page).toHaveURL(/\/inbox\/conv_/);
  const panel = page.getByRole('complementary', { name: 'Customer' });
  await expect(panel.getByText('Opted out')).toBeVisible();

  await shop.text('+12125550143', 'START');
  await expect(panel.getByText('Opted out')).toBeHidden();
  await panel.getByRole('button', { name: 'Consent ledger' }).click();
  await expect(page).toHaveURL(/\/compliance\/consents\?number=/);
  const entries = page.getByRole('main').getByRole('listitem');
  await expect(entries.filter({ hasText: 'Came back' })).toHaveCount(1);
  await expect(entries.filter({ hasText: 'Taken back' })).toHaveCount(1);
});

test('a keyword is set up, and who texts it is in after a YES, with the words they saw', async ({
  signedIn: page,
  shop,
}) => {
  await page.goto(`${shop.url}/settings/join-words`);
  await page.getByRole('button', { name: 'Add a keyword' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Add a join keyword' });
  // A word that asks for something else is told of before anything is sent.
  await dialog.getByLabel('Keyword', { exact: true }).fill('shop');
  await expect(dialog.getByRole('alert')).toContainText('between it and STOP');
  await dialog.getByLabel('Keyword', { exact: true }).fill('OAK CLUB');
  await expect(dialog.getByRole('alert')).toBeHidden();
  await dialog.getByLabel('What they get', { exact: true }).fill('weekly offers');
  await dialog.getByLabel('How often').fill('Up to 4 msgs/month');
  await dialog.getByRole('button', { name: 'Suggest wording' }).click();
  const disclosure = dialog.getByLabel('The words beside the keyword, exactly as shown');
  await expect(disclosure).toHaveValue(/Consent is not a condition of purchase/);
  const advice = dialog.getByRole('list', { name: /^Carriers and courts/ });
  await expect(advice.getByRole('listitem')).toHaveText([/terms and privacy/]);
  await disclosure.press('End');
  await disclosure.fill(`${await disclosure.inputValue()} Terms & privacy: juniper.example/sms`);
  await expect(advice).toBeHidden();
  const words = await disclosure.inputValue();
  // What the confirmation lacks is named, with words that mend it.
  const texts = dialog.getByRole('region', { name: 'The texts they get' });
  await dialog.getByLabel('Your own confirmation').fill('Welcome to the club!');
  await expect(texts.getByRole('list').getByRole('listitem')).toHaveCount(6);
  await dialog.getByLabel('Your own confirmation').fill('');
  await expect(texts).toContainText('The confirmation holds all five required contents.');
  await dialog.getByRole('button', { name: 'Add keyword' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('listitem').filter({ hasText: 'OAK CLUB' })).toContainText(
    'Double opt-in',
  );

  await page.keyboard.press('s');
  const phone = page.getByRole('complementary', { name: 'Simulator phone' });
  await phone.getByLabel('Number of this phone').fill('(212) 555-0149');
  const screen = phone.getByRole('log', { name: 'Screen of the phone' });
  const types = async (text: string) => {
    await phone.getByLabel('Type as the customer').fill(text);
    await phone.getByRole('button', { name: 'Send from the phone' }).click();
  };
  await types('oak club 🎉');
  await expect(screen).toContainText('Reply YES within 24h to get weekly offers.');
  const sale = { to: '+12125550149', inbox_id: shop.inbox.id, purpose: 'marketing' };
  const refused = await shop.ask<{ message: { reason_code: string } }>('POST', 'messages', {
    ...sale,
    body: 'A sale before the YES',
  });
  expect(JSON.stringify(refused)).toContain('consent_missing');
  await types('Yes please');
  await expect(screen).toContainText("You're in! You will get weekly offers.");

  await page.goto(`${shop.url}/compliance/consents?number=%2B12125550149`);
  const ledger = page.getByRole('main').getByRole('list').filter({ hasText: 'By keyword' });
  const entries = ledger.first().getByRole('listitem');
  await expect(entries).toHaveCount(2);
  const confirmed = entries.filter({ hasText: 'Confirmed' });
  await expect(confirmed).toContainText('By keyword');
  await confirmed.getByRole('button', { name: /^Details/ }).click();
  await expect(confirmed.getByRole('blockquote').first()).toHaveText(words);
  await expect(confirmed).toContainText('Yes please');
});

test('a member opts a customer out beside the thread, after a question', async ({
  signedIn: page,
  shop,
}) => {
  await shop.text('+12125550144', 'my phone died, I call instead');
  await page.goto(`${shop.url}/inbox?view=all`);
  await page.getByRole('option', { name: /my phone died/ }).click();
  const panel = page.getByRole('complementary', { name: 'Customer' });
  await panel.getByRole('button', { name: 'Opt out (212) 555-0144' }).click();
  const dialog = page.getByRole('dialog', { name: 'Opt (212) 555-0144 out?' });
  await dialog.getByLabel('How they asked').fill('on the phone');
  await dialog.getByRole('button', { name: 'Opt out' }).click();
  await expect(panel.getByText('Opted out')).toBeVisible();
  await page.goto(`${shop.url}/compliance/opt-outs`);
  const row = page.getByRole('listitem').filter({ hasText: '(212) 555-0144' });
  await expect(row).toContainText('Noted by a member');
  await expect(row).toContainText('on the phone');
});

test('unsure texts are answered with one key each', async ({ signedIn: page, shop }) => {
  await shop.text('+12125550145', 'too many texts');
  await shop.text('+12125550146', 'how did you get my number');
  await page.goto(`${shop.url}/compliance/unsure`);
  const list = page.getByRole('list', { name: 'Unsure texts' });
  const first = list.getByRole('listitem').filter({ hasText: '(212) 555-0145' });
  const second = list.getByRole('listitem').filter({ hasText: '(212) 555-0146' });
  await expect(first).toContainText('Unsure: may mean “too much”');
  await expect(list.getByRole('listitem').first()).toBeFocused();
  await first.focus();
  await page.keyboard.press('1');
  await expect(first).toBeHidden();
  await expect(second).toBeFocused();
  await page.keyboard.press('2');
  await expect(second).toBeHidden();
  const { items }: { items: { address: string; source: string }[] } = await (
    await shop.api.get('/api/v1/opt-outs')
  ).json();
  const out = items.map(({ address }) => address);
  expect(out).toContain('+12125550145');
  expect(out).not.toContain('+12125550146');
});

test('a refused text shows the rule that stopped it', async ({ signedIn: page, shop }) => {
  const sale = { to: '+12125550147', inbox_id: shop.inbox.id, purpose: 'marketing' };
  await shop.ask('POST', 'messages', { ...sale, body: 'A sale for nobody' });
  await page.goto(`${shop.url}/compliance/gate`);
  await page.getByRole('button', { name: 'Refused', exact: true }).click();
  await expect(page).toHaveURL(/show=refused/);
  const row = page.getByRole('listitem').filter({ hasText: 'A sale for nobody' });
  await row.getByRole('button', { name: /^Why the text/ }).click();
  await expect(row.getByRole('region', { name: 'What the rules said' })).toContainText('Refuse');
  await expect(row).toContainText('consent_missing');
});

test('a pack of evidence is made, fetched, and verified by another program', async ({
  signedIn: page,
  shop,
}, info) => {
  await shop.text('+12125550148', 'where is my order?');
  await shop.text('+12125550148', 'STOP');
  await page.goto(`${shop.url}/compliance/evidence`);
  await page.getByLabel('Number', { exact: true }).fill('(212) 555-0148');
  await page.getByRole('button', { name: 'Make a pack' }).click();
  const link = page.getByRole('link', { name: 'Download the pack about (212) 555-0148' });
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const path = info.outputPath('pack.zip');
  await file.saveAs(path);
  const key = await page.getByLabel('Public key').inputValue();
  const verify = () =>
    spawnSync(BINARY, ['verify-evidence', path, '--key', key], { encoding: 'utf8' });
  const genuine = verify();
  expect(genuine.status, genuine.stdout + genuine.stderr).toBe(0);
  // One letter of one word, and it says so.
  const bytes = readFileSync(path);
  const at = bytes.indexOf('where is my order?');
  const place = at < 0 ? Math.floor(bytes.length / 2) : at;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  expect(verify().status).not.toBe(0);
});

test('a place is closed with a reason and opened again, and another pack is made live', async ({
  signedIn: page,
  shop,
}) => {
  await page.goto(`${shop.url}/compliance/rules`);
  await expect(page.getByText('Pack default_2', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Add an override' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change a rule' });
  await dialog.getByLabel('Place').selectOption('US-NY');
  await dialog.getByLabel('Until').fill('2099-01-01T12:00');
  await dialog.getByLabel('Why').fill('A snowstorm');
  await dialog.getByRole('button', { name: 'Close the place' }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'A snowstorm' });
  await expect(row).toContainText('New York is closed');
  await expect(row).toContainText('In force');
  const { overrides }: { overrides: { by: string; loosens: boolean }[] } = await shop.ask(
    'GET',
    'rules',
  );
  expect(overrides).toMatchObject([{ by: 'Maya Ortiz', loosens: false }]);
  await row.getByRole('button', { name: 'End the override: New York is closed' }).click();
  const ending = page.getByRole('dialog', { name: 'End this override?' });
  await ending.getByLabel('Why').fill('It thaws');
  await ending.getByRole('button', { name: 'End it' }).click();
  await expect(page.getByText('Nothing is changed: the pack holds as it is.')).toBeVisible();
  await page.getByRole('button', { name: 'Show earlier overrides' }).click();
  await expect(row).toContainText('Ended by Maya Ortiz: It thaws');

  // Tried on the texts of late before anybody makes it: nothing is changed by it.
  await page.getByRole('button', { name: 'Add an override' }).click();
  await dialog.getByLabel('Place').selectOption('US-FL');
  await dialog.getByLabel('Until').fill('2099-01-01T12:00');
  await dialog.getByLabel('Why').fill('A hurricane');
  await dialog.getByRole('button', { name: 'Try it first' }).click();
  await expect(dialog).toBeHidden();
  const run = page
    .getByRole('listitem')
    .filter({ hasText: 'Florida is closed, beside pack default' });
  await expect(run).toContainText('Done');
  await expect(run).toContainText('judged');
  await expect(page.getByText('Nothing is changed: the pack holds as it is.')).toBeVisible();

  await page.getByRole('button', { name: 'Choose another pack' }).click();
  const packs = page.getByRole('dialog', { name: 'Which pack the gate applies' });
  await packs.getByLabel('Pack', { exact: true }).selectOption('strict_us');
  await packs.getByLabel('Why').fill('A careful week');
  await packs.getByRole('button', { name: 'Make it live' }).click();
  await expect(page.getByText('Pack strict_us_2', { exact: true })).toBeVisible();
  await shop.ask('PUT', 'rules', { pack: 'default', reason: 'As before' });
});
