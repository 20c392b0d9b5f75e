import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadRates } from '../../src/normalise/rates.ts'
import { createRates } from '../../src/rates-file.ts'
import { temporaryFolder } from '../start-collector.ts'

const history = `Date,USD,JPY,RUB,
2026-01-16,1.1650,184.20,N/A,
2026-01-15,1.1600,183.00,N/A,
2022-03-01,1.1162,128.45,117.2010,
`
const daily = 'Date, USD, JPY, \n15 January 2026, 1.1600, 183.00, \n'
const xml = (cubes: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="urn:a" xmlns="urn:b">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender>
		<gesmes:name>European Central Bank</gesmes:name>
	</gesmes:Sender>
	<Cube>
		${cubes}
	</Cube>
</gesmes:Envelope>
`
const day15 = `<Cube time='2026-01-15'>
			<Cube currency='USD' rate='1.1600'/>
			<Cube currency='JPY' rate='183.00'/>
		</Cube>`

describe('the forms in which the rates are published', () => {
  test.each([
    { form: 'the history as CSV', text: history },
    { form: 'with the line ends of Windows and a byte order mark', text: `\ufeff${history.replaceAll('\n', '\r\n')}` },
    { form: 'oldest first', text: `${history.split('\n')[0]}\n${history.trim().split('\n').slice(1).reverse().join('\n')}` },
    { form: 'without the commas at the ends', text: history.replaceAll(/,$/gm, '') },
    { form: 'the day as CSV', text: daily },
    { form: 'the day as CSV, its month shortened', text: daily.replace('January', 'Jan') },
    { form: 'the day as XML', text: xml(day15) },
    { form: 'with double quotes', text: xml(day15.replaceAll("'", '"')) },
    { form: '90 days as XML', text: xml(`<Cube time="2026-01-16"><Cube currency="USD" rate="1.1650"/></Cube>${day15}`) },
    { form: 'XML on one line', text: xml(day15).replaceAll(/\s+/g, ' ') },
  ])('$form', ({ text }) => {
    const rates = loadRates(text)
    expect(rates.lastRate('USD', '2026-01-15')).toEqual({ day: '2026-01-15', value: '1.1600' })
    expect(rates.lastRate('JPY', '2026-01-15')).toEqual({ day: '2026-01-15', value: '183.00' })
    expect(rates.lastRate('GBP', '2026-01-15')).toBeNull()
    expect(rates.currencies).toContain('USD')
  })

  test('N/A and nothing are no rate; from and to are the ends of all', () => {
    const rates = loadRates(`Date,USD,RUB,CHF,\n2026-01-16,1.1650,N/A,,\n2022-03-01,1.1162,117.2010,1.02,\n`)
    expect(rates.lastRate('RUB', '2026-01-16')).toEqual({ day: '2022-03-01', value: '117.2010' })
    expect(rates.lastRate('CHF', '2026-01-16')).toEqual({ day: '2022-03-01', value: '1.02' })
    expect([rates.from, rates.to, rates.currencies]).toEqual(['2022-03-01', '2026-01-16', ['CHF', 'RUB', 'USD']])
  })

  test('before the first rate there is none', () => {
    const rates = loadRates(history)
    expect(rates.lastRate('USD', '2022-02-28')).toBeNull()
    expect(rates.lastRate('USD', '2022-03-01')?.day).toBe('2022-03-01')
    expect(rates.lastRate('USD', '2099-01-01')?.day).toBe('2026-01-16')
    expect(rates.lastRate('__proto__', '2099-01-01')).toBeNull()
  })

  test('nobody can change what was loaded', () => {
    const rates = loadRates(history)
    expect(() => Object.assign(rates, { to: '2099-01-01' })).toThrow(TypeError)
    expect(() => (rates.currencies as string[]).push('XXX')).toThrow(TypeError)
    expect(() => Object.assign(rates.lastRate('USD', '2026-01-16') ?? {}, { value: '9' })).toThrow(TypeError)
  })
})

test('the last rate is the one that a search through all would find', () => {
  const day = fc.integer({ min: 0, max: 400 }).map((n) => new Date(Date.UTC(2025, 0, 1 + n)).toISOString().slice(0, 10))
  fc.assert(
    fc.property(fc.uniqueArray(day, { minLength: 1, maxLength: 40 }), day, (days, asked) => {
      const rates = loadRates(`Date,USD,\n${days.map((each, index) => `${each},1.${index},\n`).join('')}`)
      const expected = days
        .filter((each) => each <= asked)
        .sort()
        .at(-1)
      expect(rates.lastRate('USD', asked)?.day).toBe(expected)
    }),
  )
})

describe('a text that is not whole is refused, with a stable code and where it is wrong', () => {
  test.each([
    { given: '', says: 'begins neither' },
    { given: '{"rates":{"USD":1.1}}', says: 'begins neither' },
    { given: 'Datum;USD\n2026-01-16;1,1650', says: 'begins neither' },
    { given: 'PK\u0003\u0004\u0014', says: 'unpack it first' },
    { given: 'Date,USD,', says: 'holds no rates' },
    { given: 'Date,USD,\n2026-01-16,N/A,', says: 'holds no rates' },
    { given: 'Date,dollar,\n2026-01-16,1.1650,', says: 'no currency code, in line 1' },
    { given: 'Date,USD,USD\n2026-01-16,1.1650,2', says: 'one currency twice, in line 1' },
    { given: 'Date,USD,JPY,\n2026-01-16,1.1650,184.20,\n2026-01-15,1.16', says: 'cut short' },
    { given: 'Date,USD,\n2026-01-16,1,1650,', says: 'not as many fields as its header, in line 2' },
    { given: 'Date,USD,\n2026-01-16,0,', says: 'a rate that is none, in line 2' },
    { given: 'Date,USD,\n2026-01-16,-1.1650,', says: 'a rate that is none, in line 2' },
    { given: 'Date,USD,\n2026-01-16,1e3,', says: 'a rate that is none, in line 2' },
    { given: 'Date,USD,\n2026-01-16,NaN,', says: 'a rate that is none, in line 2' },
    { given: 'Date,USD,\n2026-02-30,1.1,', says: 'a date that is none, in line 2' },
    { given: 'Date,USD,\n16/01/2026,1.1,', says: 'a date that is none, in line 2' },
    { given: 'Date,USD,\n30 February 2026,1.1,', says: 'a date that is none, in line 2' },
    { given: 'Date,USD,\n16 Janvier 2026,1.1,', says: 'a date that is none, in line 2' },
    { given: 'Date,USD,\n2026-01-16,1.1,\n2026-01-16,1.2,', says: 'one day twice, in line 3' },
    { given: `Date,USD,\n${'x'.repeat(10_000)}`, says: 'more than 8192 characters' },
    { given: `Date,${Array.from({ length: 900 }, () => 'USD').join()}`, says: 'one currency twice' },
    { given: 'x'.repeat(32 * 2 ** 20 + 1), says: 'longer than' },
    { given: '<html></html>', says: 'does not end' },
    { given: xml(day15).slice(0, -30), says: 'cut short' },
    { given: xml(day15).replace('<Cube>', '<!DOCTYPE x [<!ENTITY a "b">]><Cube>'), says: 'declares or comments' },
    { given: xml(''), says: 'holds no rates' },
    { given: xml("<Cube currency='USD' rate='1.16'/>"), says: 'a Cube that cannot be read, in Cube 2' },
    { given: xml(day15.replace('1.1600', '1,1600')), says: 'a Cube that cannot be read' },
    { given: xml(day15.replace('1.1600', '1.1.600')), says: 'a rate that is none' },
    { given: xml(day15.replace('01-15', '13-15')), says: 'a date that is none' },
    { given: xml(day15.replace('JPY', 'USD')), says: 'one currency twice on a day' },
    { given: xml(day15 + day15), says: 'one day twice' },
    {
      given: xml(day15.replace("<Cube currency='USD'", `<Cube ${'x'.repeat(300)} currency='USD'`)),
      says: 'Cube that cannot be read',
    },
  ])('$says', ({ given, says }) => {
    expect(() => loadRates(given)).toThrow(
      expect.objectContaining({ name: 'FootfallError', code: 'bad_rates', message: expect.stringContaining(says) }),
    )
  })

  test('nothing of the text is repeated', () => {
    expect(() => loadRates('Date,USD,\n2026-01-16,my dear secret,')).not.toThrow(/dear/)
  })

  test('whatever it is, it is read or refused by that code', () => {
    const piece = fc.constantFrom(
      'Date',
      ',',
      '\n',
      'USD',
      '2026-01-16',
      '1.1',
      'N/A',
      '<Cube',
      '>',
      "time='2026-01-16'",
      "rate='1'",
      '</Envelope>',
      ' ',
    )
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 60 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (given) => {
        try {
          expect(loadRates(given).currencies.length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad_rates' })
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('the file', () => {
  test('none in the data folder is fine, and one that comes later is taken', async () => {
    const dataDir = await temporaryFolder()
    const rates = createRates({ fxRates: null, dataDir })
    expect([rates.current(), rates.look()]).toEqual([null, false])
    await writeFile(join(dataDir, 'rates.csv'), history)
    expect([rates.look(), rates.current()?.to, rates.look()]).toEqual([true, '2026-01-16', false])
  })

  test('the one that is named is taken before the one in the data folder', async () => {
    const dataDir = await temporaryFolder()
    await writeFile(join(dataDir, 'rates.csv'), history)
    await writeFile(join(dataDir, 'own.csv'), daily)
    expect(createRates({ fxRates: join(dataDir, 'own.csv'), dataDir }).current()?.to).toBe('2026-01-15')
  })

  test.each([
    { name: 'the named one is not there', content: null, fxRates: 'own.csv', code: 'bad_setting', says: 'FOOTFALL_FX_RATES' },
    { name: 'the named one is none', content: 'x', fxRates: 'own.csv', code: 'bad_setting', says: 'FOOTFALL_FX_RATES' },
    { name: 'the one in the data folder is none', content: 'x', fxRates: null, code: 'bad_rates', says: 'footfall rates import' },
  ])('$name: one sentence that says what to do', async ({ content, fxRates, code, says }) => {
    const dataDir = await temporaryFolder()
    if (content !== null) await writeFile(join(dataDir, fxRates ?? 'rates.csv'), content)
    expect(() => createRates({ fxRates: fxRates && join(dataDir, fxRates), dataDir })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(new RegExp(`^[^\\n]+${says}[^\\n]+\\.$`)) }),
    )
  })

  test('one that goes bad while a collector runs leaves the rates from before in force, and is told once', async () => {
    const dataDir = await temporaryFolder()
    const file = join(dataDir, 'rates.csv')
    await writeFile(file, history)
    const rates = createRates({ fxRates: null, dataDir })
    await writeFile(file, history.slice(0, -20))
    expect(() => rates.look()).toThrow(expect.objectContaining({ code: 'bad_rates' }))
    expect([rates.look(), rates.current()?.to]).toEqual([false, '2026-01-16'])
    await writeFile(file, history.replace('2026-01-16', '2026-01-19'))
    await utimes(file, 1, 1)
    expect([rates.look(), rates.current()?.to]).toEqual([true, '2026-01-19'])
  })
})
