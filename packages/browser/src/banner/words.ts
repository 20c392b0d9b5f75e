import type { AskedPurpose } from './banner.ts'

/** What a banner says. All of it is set as text: markup would be shown, not obeyed. */
export interface BannerText extends Record<AskedPurpose, string> {
  /** Heading, and the banner's name for screen readers. */
  readonly title: string
  /** What is asked, before the list of purposes. */
  readonly text: string
  /** The link to `policyUrl`. */
  readonly policy: string
  readonly refuse: string
  readonly accept: string
  readonly choose: string
  readonly save: string
  readonly close: string
  /** What needs no consent, beside the purposes that do. */
  readonly necessary: string
  /** That the browser's Global Privacy Control is honoured. */
  readonly gpc: string
}

/** Words by language, as in the `lang` of a page: `de`, or `de-AT` where it differs. */
export type BannerTexts = { readonly [language: string]: Partial<BannerText> }

const english: BannerText = {
  title: 'Privacy',
  text: 'May we record how this shop is used? You can change your answer at any time.',
  policy: 'Privacy policy',
  analytics: 'Statistics on visits and purchases',
  personalization: 'Personal suggestions',
  marketing: 'Advertising and its success',
  sale_of_data: 'Sale of data to others',
  gpc: 'Advertising stays off: Global Privacy Control',
  necessary: 'Always on: what the shop needs',
  refuse: 'Refuse all',
  accept: 'Accept all',
  choose: 'Choose',
  save: 'Save choice',
  close: 'Close',
}

/** Sales of data are asked about in the United States: in English. */
type Translation = Omit<BannerText, 'sale_of_data'>

const german: Translation = {
  title: 'Datenschutz',
  text: 'Dürfen wir die Nutzung dieses Shops festhalten? Die Antwort ist jederzeit änderbar.',
  policy: 'Datenschutzerklärung',
  analytics: 'Statistik über Besuche und Käufe',
  personalization: 'Persönliche Vorschläge',
  marketing: 'Werbung und ihr Erfolg',
  gpc: 'Werbung bleibt aus: Global Privacy Control',
  necessary: 'Immer an: was der Shop braucht',
  refuse: 'Alle ablehnen',
  accept: 'Alle annehmen',
  choose: 'Auswählen',
  save: 'Auswahl speichern',
  close: 'Schließen',
}

const french: Translation = {
  title: 'Confidentialité',
  text: 'Pouvons-nous noter l’usage de cette boutique ? Vous pouvez changer d’avis à tout moment.',
  policy: 'Politique de confidentialité',
  analytics: 'Statistiques de visites et d’achats',
  personalization: 'Suggestions personnelles',
  marketing: 'Publicité et son succès',
  gpc: 'Pas de publicité : Global Privacy Control',
  necessary: 'Toujours actif : ce qu’il faut à la boutique',
  refuse: 'Tout refuser',
  accept: 'Tout accepter',
  choose: 'Choisir',
  save: 'Enregistrer',
  close: 'Fermer',
}

const ours: BannerTexts = { en: english, de: german, fr: french }

/**
 * The words for a page in this language, and the language they are in. The shop's own come first; what it leaves out is said in our
 * words, in English where we have none.
 */
export function wordsFor(pageLanguage: string, own: BannerTexts = {}): readonly [language: string, words: BannerText] {
  const primary = pageLanguage.split('-')[0] as string // all of it, where there is no dash
  const language = [pageLanguage, primary].find((name) => own[name] ?? ours[name]) ?? 'en'
  return [language, { ...english, ...ours[primary], ...own[language] }]
}
