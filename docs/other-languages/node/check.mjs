// Checks that this client makes the ids, decimals and partitions of ../vectors.json: node check.mjs
import { readFileSync } from 'node:fs'
import kafkajs from 'kafkajs'
import { decimal, deriveId } from './usageflow.mjs'

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

for (const each of wrong) console.error(each)
console.log(`${vectors.derived_ids.length} ids, ${vectors.decimals.length} decimals, ${vectors.partitions.length} partitions: ${wrong.length} wrong`)
process.exit(wrong.length === 0 ? 0 : 1)
