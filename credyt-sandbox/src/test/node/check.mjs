// What a service in Node sees of the stand-in, with nothing but the fetch that Node has: node check.mjs URL
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'

const [url] = process.argv.slice(2)
const ask = async (method, path, body, headers = { 'X-CREDYT-API-KEY': 'dev', 'content-type': 'application/json' }) => {
  const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) })
  const text = await answer.text()
  return { status: answer.status, type: answer.headers.get('content-type'), text, json: text ? JSON.parse(text) : null }
}

const customer = await ask('POST', '/customers', {
  name: 'Ada',
  external_id: 'node 1+ü',
  subscriptions: [{ products: [{ code: 'ai-usage' }] }],
})
assert.equal(customer.status, 201)

const id = randomUUID()
const events = [
  {
    id,
    event_type: 'image_generated',
    occurred_at: '2026-11-23T10:00:00.123Z',
    subject: 'chat_9',
    data: { model: 'image-1', pixels: 1048576 },
    costs: [{ id: randomUUID(), vendor_external_id: 'openai', amount: 0.0161, currency: 'USD' }],
  },
]
const body = { customer_external_id: 'node 1+ü', events }
const first = await ask('POST', '/events', body)
const second = await ask('POST', '/events', body)
assert.equal(first.status, 202)
assert.equal(second.status, 202)
assert.match(first.type, /^application\/json/)

const one = await ask('GET', `/events/${id}`)
assert.equal(one.status, 200)
assert.equal(one.json.costs[0].amount, 0.0161)
assert.deepEqual(one.json.fees.map((fee) => [fee.amount, fee.asset]), [[0.04, 'USD']])

const found = await ask('GET', `/customers?external_id=${encodeURIComponent('node 1+ü')}`)
assert.equal(found.json.id, customer.json.id)
const list = await ask('GET', `/events?customer_id=${customer.json.id}&offset=0&limit=5`)
assert.equal(list.json.total_count, 1, 'billed once')
assert.equal(list.json.items[0].id, id)

const wallet = await ask('GET', `/customers/${customer.json.id}/wallet/default%3AUSD`)
assert.equal(wallet.json.available, -0.04)

const refused = await ask('POST', '/events', { ...body, events: [{ ...events[0], id: randomUUID(), occurred_at: 'soon' }] })
assert.equal(refused.status, 422)
assert.ok('events[0].occurred_at' in refused.json.errors, refused.text)
assert.equal((await ask('GET', '/events', undefined, {})).status, 401)
assert.equal((await ask('GET', `/events/${randomUUID()}`)).status, 404)
assert.equal((await ask('GET', '/events', undefined, { 'x-credyt-api-key': 'dev' })).status, 200)
console.log('as it should be')
