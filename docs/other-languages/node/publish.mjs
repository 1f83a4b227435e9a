// Publishes events from standard input, one JSON object a line, and prints where each batch went:
//   node publish.mjs localhost:9092 http://localhost:8081 < events.jsonl
// {"derive":["message","m-1"],"event_type":"message_completed","occurred_at":"2026-11-23T10:00:00.123Z",
//  "account_id":"acct_42","data":{"total_tokens":1500},"costs":[{"vendor":"openai","amount":"0.0161","currency":"USD"}]}
import { createInterface } from 'node:readline'
import { parse } from 'lossless-json'
import { deriveId, newId, UsagePublisher } from './usageflow.mjs'

const BATCH = 100

const [brokers, registryUrl] = process.argv.slice(2)
const publisher = new UsagePublisher({ brokers: brokers.split(','), registryUrl, service: 'node-sample' })

const FIELDS = ['id', 'derive', 'event_type', 'occurred_at', 'account_id', 'customer_id', 'customer_external_id', 'subject', 'description', 'data', 'costs', 'traceparent']
const COST_FIELDS = ['id', 'vendor', 'description', 'amount', 'currency', 'metadata']

/** A misspelt field would be left out, and with it perhaps the costs. */
function onlyKnown(object, known) {
  for (const name of Object.keys(object)) {
    if (!known.includes(name)) throw new TypeError(`unknown field ${name}: use ${known.join(', ')}`)
  }
}

function event(line) {
  const json = parse(line) // JSON.parse would round integers beyond 2^53 and long decimals
  onlyKnown(json, FIELDS)
  for (const cost of json.costs ?? []) onlyKnown(cost, COST_FIELDS)
  return {
    id: json.id ?? (json.derive ? deriveId(...json.derive) : newId()),
    eventType: json.event_type,
    occurredAt: String(json.occurred_at),
    account: json.account_id,
    customerId: json.customer_id,
    customerExternalId: json.customer_external_id,
    subject: json.subject,
    description: json.description,
    data: json.data,
    costs: json.costs,
    traceparent: json.traceparent,
  }
}

await publisher.connect()
try {
  let batch = []
  const send = async () => {
    const acknowledged = await publisher.publish(...batch)
    console.log(JSON.stringify({ ids: batch.map((one) => one.id), partitions: acknowledged.map((one) => one.partition) }))
    batch = []
  }
  for await (const line of createInterface({ input: process.stdin })) {
    batch.push(event(line))
    if (batch.length === BATCH) await send()
  }
  if (batch.length > 0) await send()
} finally {
  await publisher.disconnect()
}
