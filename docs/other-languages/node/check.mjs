// Checks that this client makes the ids, decimals and partitions of ../vectors.json: node check.mjs
import { readFileSync } from 'node:fs'
import kafkajs from 'kafkajs'
import { parse } from 'lossless-json'
import { datum, decimal, deriveId, micros } from './usageflow.mjs'

const vectors = JSON.parse(readFileSync(process.argv[2] ?? new URL('../vectors.json', import.meta.url), 'utf8'))
const wrong = []
const check = (what, ours, theirs) => {
  if (ours !== theirs) wrong.push(`${what}: ${ours} instead of ${theirs}`)
}

for (const { parts, id } of vectors.derived_ids) check(`id of ${JSON.stringify(parts)}`, deriveId(...parts), id)
for (const { number, hex } of vectors.decimals) check(`decimal ${number}`, decimal(number).toString('hex'), hex)
const partitioner = kafkajs.Partitioners.DefaultPartitioner()
for (const { key, partitions, partition } of vectors.partitions) {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, leader: 0 }))
  const message = { key: Buffer.from(key, 'utf8') }
  check(`partition of ${key} among ${partitions}`, partitioner({ topic: 't', partitionMetadata, message }), partition)
}

// A number arrives with all its digits, or is refused: alone and inside of lists and objects.
const max = 9223372036854775807n
for (const value of [9007199254740993n, max, -max - 1n]) check(`long ${value}`, datum(value)?.long, value)
check('long in JSON', datum(parse('9007199254740993'))?.long, 9007199254740993n)
check('beyond long', datum(parse('9223372036854775808'))?.bytes?.toString('hex'), decimal('9223372036854775808').toString('hex'))
const exact = '{"a":[9007199254740993,0.12345678901234567890,1e400]}'
check('inside of JSON', datum(parse(exact))?.['io.usageflow.schema.JsonValue']?.json, exact)
for (const value of [2 ** 53, 1e21, NaN, Infinity, undefined]) {
  for (const shape of [value, [value], { a: value }]) {
    let sent = 'refused'
    try {
      sent = JSON.stringify(datum(shape))
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
    check(`${value} in a ${typeof shape}`, sent, 'refused')
  }
}

// A time has its microseconds, and exists.
check('time', micros('2026-11-23T10:00:00.123456Z'), 1795428000123456n)
check('time with an offset', micros('2026-11-23 11:00:00.1+01:00'), 1795428000100000n)
const refused = (what, call) => {
  try {
    check(what, call(), 'refused')
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}
for (const time of ['2026-02-30T10:00:00Z', '2026-11-23T10:00:00', '2026-11-23', '2026-11-23T25:00:00Z', undefined]) refused(`time ${time}`, () => micros(time))
// Half of a surrogate pair would be sent as U+FFFD.
for (const value of ['\ud83d', ['a\ude00'], { '\ud83d': 1 }]) refused('half of a surrogate pair', () => datum(value))
refused('half of a surrogate pair in an id', () => deriveId('\ud83d'))

for (const each of wrong) console.error(each)
console.log(`${vectors.derived_ids.length} ids, ${vectors.decimals.length} decimals, ${vectors.partitions.length} partitions: ${wrong.length} wrong`)
process.exit(wrong.length === 0 ? 0 : 1)
