import { mount } from 'svelte';
import Visitor from './lib/visitor/Visitor.svelte';
import { linkAt } from './lib/visitor/link';
import './app.css';

const target = document.getElementById('app');
if (!target) throw new Error('visitor.html has no element with the id "app".');

// What visitor.html shows until then.
target.replaceChildren();
export default mount(Visitor, { target, props: { link: linkAt(location.pathname) } });
