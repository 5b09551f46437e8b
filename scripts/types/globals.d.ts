// What scripts of a page share. What a page's markup holds is known to its template alone, so an element that is looked
// up is of any kind; Leaflet and what our classic scripts leave on `window` are not typed either.
declare const L: any;
declare const Offlimits: any;
declare var offlimitsSpoken: any;
declare var offlimitsWall: (at: number, timeZone: string) => { year: number, month: number, day: number, weekday: number, hour: number, minute: number, second: number };
declare var Temporal: any; // not in every browser
declare const SHELL: any; // stands before the worker's text: web/views/device.py
interface Window { [name: string]: any }
interface ParentNode { querySelector(selectors: string): any; querySelectorAll(selectors: string): any }
interface Document { getElementById(id: string): any; querySelector(selectors: string): any; querySelectorAll(selectors: string): any }
interface Element { closest(selectors: string): any; querySelector(selectors: string): any; querySelectorAll(selectors: string): any }
interface HTMLElement { [name: string]: any }
interface EventTarget { [name: string]: any }
interface Event { detail?: any; prompt?: any; waitUntil?: any; respondWith?: any; request?: any } // ours, and a worker's
interface Navigator { standalone?: boolean } // Safari's
interface Credential { toJSON?(): any }
