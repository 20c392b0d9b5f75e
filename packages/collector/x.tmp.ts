import { parseUserAgent } from './src/normalise/user-agent.ts'
import { UAParser } from 'ua-parser-js'
import { isbot } from 'isbot'
const rnd = () => Array.from({length:1024},()=>String.fromCharCode(33+Math.floor(Math.random()*90))).join('')
const words = ['android ', 'a'.repeat(1024), 'mozilla/5.0 '.repeat(80), 'android '.repeat(128), 'a/'.repeat(500), ' '.repeat(1000), ';'.repeat(1000), '1.'.repeat(500)]
const t = (n: string, f: () => void) => { f(); const s = performance.now(); for (let i=0;i<20;i++) f(); console.log(n, ((performance.now()-s)/20).toFixed(2),'ms') }
const strs = Array.from({length:20}, rnd); let i=0
t('random all', () => parseUserAgent(strs[i++%20])); t('random uap', () => new UAParser(strs[i++%20]).getResult()); t('random isbot', () => isbot(strs[i++%20]))
for (const w of words) { t('parse '+w.slice(0,10), () => parseUserAgent(w)); t('   isbot', () => isbot(w)); t('  uap', () => new UAParser(w).getResult()) }
t('chrome', () => parseUserAgent('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'))
