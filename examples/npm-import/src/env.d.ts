/** What Vite hands to the page. */
interface ImportMetaEnv {
  readonly VITE_FOOTFALL_WRITE_KEY: string
}
interface ImportMeta {
  readonly env: ImportMetaEnv
}
