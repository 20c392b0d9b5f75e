import { TableScene } from '../art/scenes.tsx'
import { usePage } from '../parts/use-page.ts'
import { paths } from '../routes.ts'

const letter = 'letter-2026-11'

/** The monthly letter as a browser shows it. Its links are those of the mail: they load the page and carry the letter's id. */
export function NewsletterPage() {
  usePage("This month's letter", 'newsletter')
  return (
    <article class="letter">
      <TableScene />
      <p class="eyebrow">The monthly letter · November</p>
      <h1>The light goes early</h1>
      <p>Dear friends of the kettle,</p>
      <p>
        At half past four it is dark, which we take as an instruction. We have opened the{' '}
        <Link to="sencha-first-light" as="lead" />, which tastes of April, and put the <Link to="round-teapot" as="teapot" /> on
        the counter where everyone can touch it.
      </p>
      <p>
        If you owe somebody a letter, there is paper for it: the <Link to="letter-set" as="letter-set" /> has come in with a
        lining the colour of the sky we no longer see.
      </p>
      <p>Until December, and mind the steam.</p>
      <p class="quiet">
        You get this letter because you asked for it. <a href={paths.unsubscribe('monthly-letter')}>Unsubscribe</a>
      </p>
    </article>
  )
}

const names: Readonly<Record<string, string>> = {
  'sencha-first-light': 'Sencha First Light',
  'round-teapot': 'round teapot',
  'letter-set': 'Letter Set',
}

function Link({ to, as }: { to: string; as: string }) {
  return (
    <a href={`${paths.product(to)}?mid=${letter}&link=${as}`} data-testid={`letter-link-${as}`}>
      {names[to]}
    </a>
  )
}
