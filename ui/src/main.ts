import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no element with the id "app".');

// What index.html shows until then.
target.replaceChildren();
export default mount(App, { target });
