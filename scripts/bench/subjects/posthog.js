import posthog from 'posthog-js'

export const start = (base) =>
  posthog.init('phc_bench', {
    api_host: `${location.origin}${base}/peer`,
    persistence: 'localStorage',
    autocapture: false,
    capture_pageview: false,
    capture_pageleave: false,
    capture_performance: false,
    capture_heatmaps: false,
    capture_dead_clicks: false,
    capture_exceptions: false,
    disable_session_recording: true,
    disable_surveys: true,
    disable_product_tours: true,
    disable_conversations: true,
    disable_web_experiments: true,
    disable_external_dependency_loading: true,
    advanced_disable_flags: true,
    // A browser that is driven counts as a robot otherwise, and all but 100 of the burst as a runaway loop.
    opt_out_useragent_filter: true,
    rate_limiting: { events_per_second: 1e6, events_burst_limit: 1e6 },
  })
export const page = () => posthog.capture('$pageview')
export const track = (name, properties) => posthog.capture(name, properties)
export const identify = (userId) => posthog.identify(userId, { plan: 'gold' })
export const consent = (analytics) => (analytics === 'granted' ? posthog.opt_in_capturing() : posthog.opt_out_capturing())
