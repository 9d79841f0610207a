// An administrator's day: each change is asked for, and looked at.
const { script, client, refusal } = require('./script')
const { ConfigResourceTypes } = require(process.env.KAFKAJS)

script(async (kafka, say, { bootstrap, topic, group }) => {
  const admin = kafka.admin()
  await admin.connect()
  // asks once: what is refused here stays refused
  const impatient = client({ brokers: [bootstrap], retry: { retries: 0 } }).admin()
  await impatient.connect()
  const partitions = async () => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions
  const config = async name => {
    const answer = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [name] }],
    })
    return answer.resources[0].configEntries.map(entry => `${entry.configName}=${entry.configValue}`)
  }

  const cluster = await admin.describeCluster()
  say('cluster', { brokers: cluster.brokers.map(b => `${b.host}:${b.port}`), controller: cluster.controller })

  const wanted = { topic, numPartitions: 2, replicationFactor: 1, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] }
  say('created', await admin.createTopics({ topics: [wanted] }))
  say('created again', await admin.createTopics({ topics: [wanted] }))
  say('bad name', await impatient.createTopics({ topics: [{ topic: 'a/b' }] }).catch(error => error.errors.map(each => each.type)))
  say('listed', (await admin.listTopics()).includes(topic))
  say('leaders', (await partitions()).map(p => `${p.partitionId} ${p.leader} ${p.isr}`).sort())

  await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] })
  say('partitions', (await partitions()).length)
  say('fewer partitions', await refusal(impatient.createPartitions({ topicPartitions: [{ topic, count: 1 }] })))

  say('config', await config('cleanup.policy'))
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: 'retention.ms', value: '123456' }] }],
  })
  say('altered', [...(await config('retention.ms')), ...(await config('cleanup.policy'))])

  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic, messages: [0, 1, 2, 3].map(i => ({ value: `v${i}`, partition: 0 })) })
  await producer.disconnect()
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] })
  say('offsets', (await admin.fetchTopicOffsets(topic)).map(o => `${o.partition} ${o.low}-${o.high}`).sort())

  await admin.setOffsets({ groupId: group, topic, partitions: [{ partition: 0, offset: '3' }] })
  say('set', (await admin.fetchOffsets({ groupId: group, topics: [topic] }))[0].partitions.find(p => p.partition === 0).offset)
  say('group deleted', (await admin.deleteGroups([group])).map(g => g.errorCode))
  say('group unknown', await impatient.deleteGroups([group]).catch(error => error.groups.map(each => each.error.type)))

  await admin.deleteTopics({ topics: [topic] })
  say('gone', !(await admin.listTopics()).includes(topic))
  say('unknown', await refusal(impatient.fetchTopicMetadata({ topics: [topic] })))
  await impatient.disconnect()
  await admin.disconnect()
})
