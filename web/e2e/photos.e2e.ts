import { Buffer } from 'node:buffer';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { photo } from './picture';

const PHONE = '+12125550195';

/** Hands a picture to the composer as the clipboard or a drag would. */
async function give(page: Page, how: 'paste' | 'drop', picture: ReturnType<typeof photo>) {
  const field = page.getByRole('textbox', { name: /^Text \(/ });
  await field.evaluate(
    (element, { how, bytes, name }) => {
      const data = new DataTransfer();
      const binary = Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0));
      data.items.add(new File([binary], name, { type: 'image/png' }));
      element.dispatchEvent(
        how === 'paste'
          ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
          : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }),
      );
    },
    { how, bytes: picture.buffer.toString('base64'), name: picture.name },
  );
}

const drawn = (within: Locator) =>
  expect(within.getByRole('img', { name: 'Photo' }).first()).toHaveJSProperty('naturalWidth', 320);

test('photos go out from the picker, the clipboard and a drag, and open in place', async ({
  signedIn: page,
  shop,
}) => {
  await shop.text(PHONE, 'The mug arrived broken');
  await page.goto(`${shop.url}/inbox`);
  await page.getByRole('option', { name: /arrived broken/ }).click();
  const composer = page.getByRole('region', { name: 'Write' });
  const field = page.getByRole('textbox', { name: /^Text \(/ });

  const chooser = page.waitForEvent('filechooser');
  await composer.getByRole('button', { name: 'Add a photo' }).click();
  await (await chooser).setFiles(photo('picked.png', [180, 40, 40]));
  const remove = composer.getByRole('button', { name: /^Remove photo/ });
  await expect(remove).toHaveCount(1);
  await give(page, 'paste', photo('pasted.png', [40, 180, 40]));
  await expect(remove).toHaveCount(2);
  await give(page, 'drop', photo('dropped.png', [40, 40, 180]));
  await expect(remove).toHaveCount(3);
  await remove.last().click();
  await expect(remove).toHaveCount(2);
  await give(page, 'drop', {
    name: 'broken.png',
    mimeType: 'image/png',
    buffer: Buffer.from('no picture'),
  });
  await expect(page.getByText('This is no photo that can be sent.')).toBeVisible();
  await expect(page.getByText(/file:/)).toHaveCount(0);
  await expect(remove).toHaveCount(2);

  // Pictures that wait survive a reload, as words do.
  await page.reload();
  await expect(remove).toHaveCount(2);
  await field.fill('A new one like these is on its way');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const sent = page.getByRole('article', { name: /like these is on its way/ });
  await drawn(sent);
  await expect(remove).toHaveCount(0);
  await expect(sent.getByRole('img', { name: 'Photo' })).toHaveCount(2);

  // The phone got both, and its pictures can be fetched.
  await expect
    .poll(
      async () => {
        const answer = await shop.api.get(`/api/v1/simulator/phones/${encodeURIComponent(PHONE)}`);
        const { texts }: { texts: { body: string; media: { url: string }[] }[] } =
          await answer.json();
        return texts.find((text) => text.body.includes('like these'))?.media.length ?? 0;
      },
      { timeout: 20_000 },
    )
    .toBe(2);

  const photos = sent.getByRole('button', { name: 'Open the photo large' });
  // Large in place, and back by Esc.
  await photos.last().click();
  const large = page.getByRole('dialog', { name: 'Photo' });
  await expect(large.getByRole('img')).toHaveJSProperty('naturalWidth', 320);
  await page.keyboard.press('Escape');
  await expect(large).toBeHidden();
  await expect(page, 'Esc closes the photo and nothing else').toHaveURL(/\/inbox\/conv_/);
});

test('a file that is no picture is turned away with a word', async ({ signedIn: page, shop }) => {
  await shop.text('+12125550196', 'Hello there');
  await page.goto(`${shop.url}/inbox`);
  await page.getByRole('option', { name: /Hello there/ }).click();
  const composer = page.getByRole('region', { name: 'Write' });
  const chooser = page.waitForEvent('filechooser');
  await composer.getByRole('button', { name: 'Add a photo' }).click();
  await (await chooser).setFiles({
    name: 'run.sh',
    mimeType: 'application/x-sh',
    buffer: Buffer.from('echo'),
  });
  await expect(page.getByText('Only photos, GIFs, vCards and PDFs can be sent.')).toBeVisible();
  await expect(composer.getByRole('button', { name: /^Remove photo/ })).toHaveCount(0);
});

test('photos from the phone arrive in the thread, with words and without', async ({
  signedIn: page,
  shop,
}) => {
  const from = '+12125550197';
  await page.goto(`${shop.url}/inbox`);
  await page.getByRole('heading', { name: 'Inbox', level: 1 }).first().waitFor();
  await page.keyboard.press('s');
  const phone = page.getByRole('complementary', { name: 'Simulator phone' });
  await phone.getByLabel('Number of this phone').fill(from);
  const take = async (picture: ReturnType<typeof photo>) => {
    const chooser = page.waitForEvent('filechooser');
    await phone.getByRole('button', { name: 'Send a photo from the phone' }).click();
    await (await chooser).setFiles(picture);
  };

  await take(photo('alone.png', [180, 120, 40]));
  const row = page.getByRole('option', { name: /Photo/ });
  await row.click();
  const thread = page.getByRole('article');
  await drawn(thread.first());
  // The phone shows what it sent, too.
  await drawn(phone.getByRole('log'));

  await phone
    .getByRole('textbox', { name: 'Type as the customer' })
    .fill('And from the other side');
  await take(photo('other.png', [40, 120, 180]));
  await drawn(page.getByRole('article', { name: /from the other side/ }));
  await expect(phone.getByRole('log').getByRole('img', { name: 'Photo' })).toHaveCount(2);
});
