// A transaction that commits with the offsets of a group, one that aborts, and a producer that is fenced.
const { script, refusal } = require('./script')

script(async (kafka, say, { topic, group, id }) => {
  const producer = () => kafka.producer({ transactionalId: id, maxInFlightRequests: 1, idempotent: true })
  const write = (transaction, value) => transaction.send({ topic, messages: [{ key: 'k', value, partition: 0 }] })

  const first = producer()
  await first.connect()
  const committed = await first.transaction()
  await write(committed, 'committed')
  await committed.sendOffsets({ consumerGroupId: group, topics: [{ topic, partitions: [{ partition: 0, offset: '7' }] }] })
  await committed.commit()

  const aborted = await first.transaction()
  await write(aborted, 'aborted')
  await aborted.sendOffsets({ consumerGroupId: group, topics: [{ topic, partitions: [{ partition: 0, offset: '9' }] }] })
  await aborted.abort()

  const open = await first.transaction()
  await write(open, 'of the fenced one')
  const second = producer()
  await second.connect()
  const next = await second.transaction()
  await write(next, 'of the next one')
  await next.commit()
  say('fenced', await refusal(write(open, 'too late')))
  await first.disconnect()
  await second.disconnect()
})
