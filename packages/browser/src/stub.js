(f=>"track page identify reset consent".split(" ").map(m=>f[m]=(...a)=>f.q.push([m,a,Date.now(),location.href])))(window.footfall={q:[]})
