/**
 * Words that stand one or two letters from a word of the catalogue and mean something else: a name that says `order_refused`,
 * `content_updated` or `last_name` says what it means. Found by comparing a dictionary with the catalogue; a word that a shop has no use for
 * was left out, so that its letters still count as a slip.
 */
export const realWords: ReadonlySet<string> = new Set(
  (
    'age art aviation band bite blogged border cage car care cars cast cat chart checkup chipping clipping clock clogged collation ' +
    'collocation collector compacted compelled complex complied compute computed concealed confection connected connection consent ' +
    'content contents contest context convection core corrected correction creation creature current dart defended derail detain drink ' +
    'fall fame fine flick fuel funded game gist grand initial ink job kite laid last lest lift like line link lisp lit live lodged ' +
    'longed lost lumber mart massage mist mode nine node null odder older pace pair paneled panelled parceled parcelled part pink planed ' +
    'plated played police predicts prime prize probation process processes produce produced producer producers produces profess project ' +
    'projects proportion protects pull reached reactive rebounded refined refueled refused refuted registrar registry regress relative ' +
    'remanded reminded remote resister resistor resounded retail rice rounded safe sage said same scale score shopping shore side sink ' +
    'size skipping slick slipping smart spring stale star starred started startled stated stem stone stop story stove stripping strong ' +
    'suite tape tart team transition translation urgency user vacation valuation whipping wine'
  ).split(' '),
)

/** Names that would be taken for a slip although each of their words alone would not be protected. */
export const realNames: ReadonlySet<string> = new Set([
  // A card, of payment or of a customer. `add_to_card` is a cart all the same.
  ...[
    'add_card',
    'card_view',
    'card_viewed',
    'view_card',
    'viewed_card',
    'card_abandoned',
    'abandoned_card',
    'card_id',
    'card_total',
  ],
])
