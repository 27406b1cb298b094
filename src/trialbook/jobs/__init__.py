"""Jobs that really run: who takes them, what their programs see, and what comes back.

::

    services.queueing    a job's claim, in the commit that makes the job
    runner               takes claims in order, holds them by a lease, a thread each      Runner, Work
      job                one job in a runner's hands                                      Job
      works              which Work does which kind; starts the runner beside a server    make_works
        training         training jobs
        processing       processing jobs
        transform        batch transform; splitting, joining, json_paths are what it does with records
        tuning           tuning jobs, which only wait for others; tuning_search asks Optuna, tuning_stops says "enough"
        endpoints        an endpoint's deployment
      program            a program from preparation to result: start or find, follow      running, follow, outcome
        process          a program under its keeper                                       Process, Spec, Result
        keeper           the process that outlives the server; standard library only, as its parts:
          namespace      the private /opt/ml
          output, feeding, processes
      joblog, scraper    lines and metrics into the store, exactly once                   JobLog, Scraper
      tree, contract     the job's folder; the environment and files of its program       Tree
      channels, places   data in and out, by S3 URI
      script             script mode: source folder, requirements, SM_* variables
      images             which interpreter and packages serve which image                 Images, Image
      environments       layers of packages over an interpreter, made once                Environments
      failure            reasons in words that a user can act on                          JobFailure

**A new kind of work** is a class with `slots` (0: it only waits for other jobs) and `run(job) -> Ending`, and a line in
`works.make_works`; its kind is then queued instead of recorded. `run` is called again after a restart with what
`job.note(...)` kept in `job.state`, so it goes on rather than begins. It raises `JobFailure(reason)`, `JobStopped`, or
`Left` when `job.left` is set; `job.check()` raises the last two where there is no program to stop.

**Endpoints** stand on the same parts::

    hosting              invocations; the current deployment of an endpoint, kept alive    Hosting
      deployments        the variants of one configuration; which answers a request       Deployment
      variants           a variant's containers, warm while they are used                 Variant
      passing            one request on its way through them
      capturing          a share of the requests and answers, kept                        Capture
      serving_recipe     how an image's container is served                               Kitchen, Recipe
      serving_process    one container's process: pings, requests, its end                ServingProcess
      serving_log        its lines into the store                                         ServingLog

**Another launcher** (a cluster) is one module that gives a `process.Starter`: what it starts writes the same log and
result into the job's folder.
"""
