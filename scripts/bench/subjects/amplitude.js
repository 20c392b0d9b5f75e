import { identify as change, Identify, init, setOptOut, setUserId, track as tell } from '@amplitude/analytics-browser'

export const start = (base) =>
  init('bench', undefined, {
    serverUrl: `${base}/peer/2/httpapi`,
    autocapture: false,
    fetchRemoteConfig: false,
    remoteConfig: { fetchRemoteConfig: false },
    enableDiagnostics: false,
    identityStorage: 'localStorage',
  })
export const page = () => tell('Page Viewed')
export const track = (name, properties) => tell(name, properties)
export const identify = (userId) => {
  setUserId(userId)
  change(new Identify().set('plan', 'gold'))
}
export const consent = (analytics) => setOptOut(analytics !== 'granted')
