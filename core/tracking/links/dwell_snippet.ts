/**
 * What a landing page may include to tell how long it is in view: `<script src="https://…/b.js" async></script>`. Under 1 KB. It does
 * nothing without the `gk` of a click, keeps nothing in the browser, takes `gk` out of the address, and tells the time when
 * the page is hidden or left.
 */
export const DWELL_SNIPPET = Buffer.from(
  `(function(){var s=document.currentScript,u=new URL(location.href),k=u.searchParams.get('gk');
if(!k||!s||!navigator.sendBeacon)return;
u.searchParams.delete('gk');history.replaceState(history.state,'',u);
var b=new URL('/b/'+encodeURIComponent(k),s.src).href,t=0,f=document.hidden?0:performance.now(),l=-1;
function n(){if(f){t+=performance.now()-f;f=0}var m=Math.round(t);if(m>l&&m>0){l=m;navigator.sendBeacon(b,String(m))}}
document.addEventListener('visibilitychange',function(){if(document.hidden)n();else f=performance.now()});
addEventListener('pagehide',n);addEventListener('pageshow',function(e){if(e.persisted)f=performance.now()})})();
`
)
