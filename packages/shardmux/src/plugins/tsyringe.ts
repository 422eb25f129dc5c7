// tsyringe throws when it is loaded before the reflection that it needs, so everybody takes it from here.
import 'reflect-metadata';

export { container, type DependencyContainer, instanceCachingFactory } from 'tsyringe';
