"""Built-in algorithms and serving programs, each a program that obeys SageMaker's container contract.

The one idea: what a job starts is a process like any other container's. It is told where `/opt/ml` lies and nothing
else, so it runs unchanged under a launcher, under Ray, by hand, and in an environment that holds only the algorithm's
own library::

    python -m trialbook.algorithms <name> train      reads input/, writes model/, output/, output/failure
    python -m trialbook.algorithms <name> serve      GET /ping, POST /invocations
    python -m trialbook.algorithms serve-script      the same for a user's model_fn, input_fn, predict_fn, output_fn

Nothing here imports another part of Trialbook, and libraries (xgboost, scikit-learn, pyarrow) are imported where they
are used: the table in `catalog.py` can be read without any of them.
"""
