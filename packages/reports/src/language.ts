// uPlot asks Intl for `navigator.language` when it loads, and Intl throws at what some systems call their language
// (`en-US@posix`). This runs before it: the page speaks English either way.
try {
  Intl.getCanonicalLocales(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en' })
}
