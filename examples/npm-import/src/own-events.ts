import type {} from '@footfall/events'

// The shop's own events, beside the catalogue's: they complete and are checked like any other.
declare module '@footfall/events' {
  interface EventMap {
    gift_wrap_chosen: { readonly paper: string }
  }
}
