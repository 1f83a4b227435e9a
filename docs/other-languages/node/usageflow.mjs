// Publishes usage events from Node as usageflow's own producer library does: same schema, partitions and ids.
// What the fields may hold, and why each setting is as it is: docs/other-languages.md.
import { createHash, randomBytes } from 'node:crypto'
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import avro from 'avsc'
import kafkajs from 'kafkajs'
import { isLosslessNumber, stringify } from 'lossless-json'

const { Kafka, Partitioners, logLevel } = kafkajs

/** Namespace of derived event ids: the same in every language. */
const DERIVED = Buffer.from('5d0c7c1e8f5c5a0f9b576a3f1b2c9d10', 'hex')

const SCALE = 18
const DECIMAL = /^(-?)(\d{1,20})(?:\.(\d{1,18}))?$/

function uuid(bytes, version) {
  bytes[6] = (bytes[6] & 0x0f) | (version << 4)
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** The same id for the same texts, in every process and every language; their order and borders count. */
export function deriveId(...parts) {
  if (parts.length === 0) throw new TypeError('an id cannot be derived from nothing')
  const sha1 = createHash('sha1').update(DERIVED)
  for (const part of parts) {
    if (typeof part !== 'string') throw new TypeError(`a part is a ${typeof part}: give its text`)
    wellFormed(part)
    const utf8 = Buffer.from(part, 'utf8')
    const length = Buffer.alloc(4)
    length.writeInt32BE(utf8.length)
    sha1.update(length).update(utf8)
  }
  return uuid(sha1.digest().subarray(0, 16), 5)
}

/** A version 7 UUID, where there is no business key to derive from. Draw it once, and keep it for every retry. */
export function newId() {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  return uuid(bytes, 7)
}

/** Avro's decimal(38, 18): the number times 10^18 as two's complement, highest byte first, no byte more than needed. */
export function decimal(text) {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(text) ?? []
  if (whole === undefined) throw new TypeError(`'${text}' is no plain decimal of at most 20 digits before and 18 after the point`)
  const unscaled = BigInt(sign + whole + fraction.padEnd(SCALE, '0'))
  let bits = 8n
  while (BigInt.asIntN(Number(bits), unscaled) !== unscaled) bits += 8n
  const hex = BigInt.asUintN(Number(bits), unscaled).toString(16)
  return Buffer.from(hex.padStart(Number(bits) / 4, '0'), 'hex')
}

/** Money is text, or a number as lossless-json parses it: a JavaScript number may have lost digits already. */
function money(amount) {
  if (isLosslessNumber(amount)) return decimal(amount.value)
  if (typeof amount !== 'string') throw new TypeError(`amount ${amount} is a ${typeof amount}: give a text such as '0.0161'`)
  return decimal(amount)
}

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:\d\d)$/

/** Microseconds since 1970, of a Date, or of a text, which may have more digits than a Date. */
export function micros(time) {
  if (typeof time !== 'string') {
    const millis = time instanceof Date ? time.getTime() : Number.NaN
    if (Number.isNaN(millis)) throw new TypeError(`occurredAt is no usable Date: ${time}`)
    return BigInt(millis) * 1000n
  }
  const [, day, clock, fraction = '', zone] = TIME.exec(time) ?? []
  // Date takes February 30 for March 2.
  const exists = day !== undefined && new Date(`${day}T${clock}Z`).toJSON()?.startsWith(`${day}T${clock}`)
  if (!exists) throw new TypeError(`occurred_at '${time}' is no time with a zone: write 2026-11-23T10:00:00Z`)
  return BigInt(Date.parse(`${day}T${clock}${zone}`)) * 1000n + BigInt(fraction.padEnd(6, '0'))
}

/** Avro's long as a BigInt: a JavaScript number holds only 54 of its 64 bits. */
const long = avro.types.LongType.__with({
  isValid: (value) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  toBuffer: (value) => {
    const buffer = Buffer.alloc(8)
    buffer.writeBigInt64LE(value)
    return buffer
  },
  fromBuffer: (buffer) => buffer.readBigInt64LE(),
  fromJSON: (json) => BigInt(json),
  toJSON: (value) => value.toString(),
  compare: (one, other) => (one < other ? -1 : one > other ? 1 : 0),
})

/** The schema's longs, with or without a logical type. */
const bigLongs = (schema) => (schema === 'long' || schema?.type === 'long' ? long : undefined)

/** The text of a number that has all the digits it was given. */
function digits(number) {
  if (isLosslessNumber(number)) return number.value
  if (typeof number === 'bigint') return number.toString()
  if (!Number.isFinite(number)) throw new TypeError(`${number} cannot be sent`)
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
    throw new TypeError(`${number} is beyond 2^53 and may have lost digits: give a BigInt, or parse JSON with lossless-json`)
  }
  return String(number)
}

const isNumber = (value) => typeof value === 'number' || typeof value === 'bigint' || isLosslessNumber(value)

/** Objects and lists. What JSON cannot hold is refused, where JSON.stringify would send null or leave it out. */
function json(value) {
  const exact = (key, each) => {
    if (isNumber(each)) digits(each)
    wellFormed(each)
    wellFormed(key)
    if (each === undefined || typeof each === 'function' || typeof each === 'symbol') {
      throw new TypeError(`${key || 'the value'} is ${typeof each}, which cannot be sent`)
    }
    if (each instanceof Map || each instanceof Set) throw new TypeError(`${key || 'the value'} is a Map or Set: give an object or array`)
    return each
  }
  return { 'io.usageflow.schema.JsonValue': { json: stringify(value, exact) } }
}

/** A value of `data`, in the branch of the schema's union that holds it exactly. */
export function datum(value) {
  if (value === null) return null
  if (typeof value === 'boolean') return { boolean: value }
  if (typeof value === 'string') return { string: wellFormed(value) }
  if (!isNumber(value)) return json(value)
  const text = digits(value)
  if (/^-?\d{1,19}$/.test(text) && long.isValid(BigInt(text))) return { long: BigInt(text) }
  return DECIMAL.test(text) ? { bytes: decimal(text) } : { 'io.usageflow.schema.JsonValue': { json: text } }
}

/** Half of a surrogate pair has no UTF-8: Node would send U+FFFD in its place. */
function wellFormed(value) {
  if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) throw new TypeError(`${JSON.stringify(value)} has half of a surrogate pair`)
  return value
}

const text = (value) => (value === undefined || value === null ? null : { string: wellFormed(value) })

function record(event, service) {
  return {
    id: wellFormed(event.id),
    event_type: wellFormed(event.eventType),
    occurred_at: micros(event.occurredAt),
    account_id: wellFormed(event.account),
    customer_id: text(event.customerId),
    customer_external_id: text(event.customerExternalId),
    subject: text(event.subject),
    description: text(event.description),
    data: Object.fromEntries(Object.entries(event.data ?? {}).map(([key, value]) => [wellFormed(key), datum(value)])),
    costs: (event.costs ?? []).map((cost) => ({
      id: text(cost.id),
      vendor: wellFormed(cost.vendor),
      description: text(cost.description),
      amount: money(cost.amount),
      currency: cost.currency,
      metadata: cost.metadata ?? {},
    })),
    source: { 'io.usageflow.schema.Source': { service: text(service), instance: null, library_version: null } },
  }
}

/** One for the whole process. Call `connect` first and `disconnect` last. */
export class UsagePublisher {
  #registry
  #producer
  #topic
  #service
  #schemaId

  constructor({ brokers, registryUrl, service, prefix = 'usage', ...kafka }) {
    this.#registry = new SchemaRegistry({ host: registryUrl }, { [SchemaType.AVRO]: { wrapUnions: true, typeHook: bigLongs } })
    this.#producer = new Kafka({ clientId: service, brokers, logLevel: logLevel.ERROR, ...kafka }).producer({
      createPartitioner: Partitioners.DefaultPartitioner, // Java's: murmur2 of the key
      // Not idempotent: kafkajs 2.2.4 gives the sequence numbers of a batch whose answer was lost to the next one, which
      // the broker then takes for the repeat that it is not. What is written twice is billed once, by its id.
      idempotent: false,
      maxInFlightRequests: 1, // batches stay in order
      retry: { retries: 12, maxRetryTime: 30_000 }, // some three minutes
    })
    this.#topic = `${prefix}.events`
    this.#service = service
  }

  async connect() {
    // The schema is there, by whoever runs usageflow: a service never registers one.
    this.#schemaId = await this.#registry.getLatestSchemaId(`${this.#topic}-value`)
    await this.#producer.connect()
  }

  /**
   * Resolves when all in-sync replicas have the events. When it rejects, publish the same events, with the same ids,
   * again: what did arrive is a duplicate then, and billed once.
   */
  async publish(...events) {
    const messages = await Promise.all(
      events.map(async (event) => ({
        key: Buffer.from(event.account, 'utf8'),
        value: await this.#registry.encode(this.#schemaId, record(event, this.#service)),
        headers: event.traceparent ? { traceparent: event.traceparent } : {},
      })),
    )
    return this.#producer.send({ topic: this.#topic, acks: -1, messages })
  }

  async disconnect() {
    await this.#producer.disconnect()
  }
}
