import { createAssets } from './static.ts'

/** What a script tag needs that takes this tracker and no other. */
export interface PinnedTracker {
  /** Always has this content, and may be kept for good. */
  readonly url: string
  /** The content's hash, for the attribute of this name; a page of another host needs `crossorigin` beside it. */
  readonly integrity: string
}

/** @param url of the collector, without a slash at its end; `null` where the tracker has not been built */
export function pinnedTracker(url: string): PinnedTracker | null {
  const tracker = createAssets().tracker()
  return 'kind' in tracker ? null : { url: `${url}/footfall/${tracker.version}/footfall.js`, integrity: tracker.integrity }
}
