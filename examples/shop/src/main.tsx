import { render } from 'preact'
import { recogniseCustomer } from './account/account.ts'
import { App } from './app.tsx'
import { readArrivalByMail } from './arrival.ts'
import { startRouter } from './router.ts'

const root = document.getElementById('shop')
if (root === null) throw new Error('the page has no #shop to draw into; serve src/index.html')

recogniseCustomer()
readArrivalByMail()
startRouter()
render(<App />, root)
