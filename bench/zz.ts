import {setTimeout as sleep} from 'node:timers/promises'
import {forkUpstream,forkLoadGenerator} from './processes.ts'
import {startSubject} from './start-subject.ts'
import {bare} from './subjects.ts'
import {residentBytes as rss} from './process-meter.ts'
const p = await forkUpstream()
const w = forkLoadGenerator(), w2=forkLoadGenerator()
for (const warm of ['none','json','stream','hold','none','json','stream','hold']) {
 const s = await startSubject(bare, `http://127.0.0.1:${p}/v1`)
 const target=s.target
 if (warm==='hold') { await w.ask({kind:'hold',target,streams:1000}); await w.ask({kind:'release'}) }
 else if (warm!=='none') await w.ask({kind:'closed',target,traffic:warm as 'json',connections:16,seconds:1.5})
 await sleep(1500)
 const a=rss(s.pid)
 await w.ask({kind:'hold',target,streams:1000}); await sleep(1500)
 const b=rss(s.pid)
 await w2.ask({kind:'hold',target,streams:1000}); await sleep(1500)
 const c=rss(s.pid)
 console.log(warm,(a/1e6).toFixed(0),'first 1000:',((b-a)/1024e3).toFixed(1),'second 1000:',((c-b)/1024e3).toFixed(1))
 await w.ask({kind:'release'});await w2.ask({kind:'release'})
 await s.stop()
}
