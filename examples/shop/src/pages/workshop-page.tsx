import { Cup, MatchaBowl } from '../art/ceramics.tsx'
import { shades } from '../art/tones.ts'
import { usePage } from '../parts/use-page.ts'
import { paths } from '../routes.ts'

const dates = ['Saturday, 5 December', 'Saturday, 16 January', 'Saturday, 13 February']

/** Where the advertisement leads. */
export function WorkshopPage() {
  usePage('Throw your own bowl', 'landing')
  return (
    <article class="letter">
      <svg class="scene" viewBox="0 86 760 274" aria-hidden="true" focusable="false">
        <ellipse class="art-shadow" cx="380" cy="338" rx="340" ry="13" />
        <g transform="translate(10 0)">
          <Cup colours={shades.sky} />
        </g>
        <g transform="translate(330 0)">
          <MatchaBowl colours={shades.plum} />
        </g>
      </svg>
      <p class="eyebrow">In our back room</p>
      <h1>Throw your own bowl</h1>
      <p>
        Six wheels, one Saturday, and Hanna Voss, who has thrown nine thousand bowls and remembers the first. You bring an apron;
        we bring clay, tea and cake. Three weeks later you fetch what the kiln made of it.
      </p>
      <ul class="dates">
        {dates.map((date) => (
          <li key={date}>{date}, 11 to 16</li>
        ))}
      </ul>
      <p>
        A place is €85. Ask at the counter, or look at <a href={paths.category('ceramics')}>what hers look like</a> first.
      </p>
    </article>
  )
}
