using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>The store on a server that many machines share.</summary>
internal sealed class PostgresStore : EntityFrameworkStore, IStoreSignals
{
    private readonly PostgresDatabase _database;

    public PostgresStore(Func<DbContext> contexts, TimeProvider time)
        : this(new PostgresDatabase(contexts), time)
    {
    }

    private PostgresStore(PostgresDatabase database, TimeProvider time)
        : base(database)
    {
        var clock = new PostgresClock(time);
        _database = database;
        Contacts = new PostgresContactStore(database, time);
        Uploads = new PostgresUploadStore(database);
        Executions = new PostgresExecutionStore(database, clock);
        Recipients = new PostgresRecipientStore(database);
        Claims = new PostgresClaimStore(database, clock);
        Limits = new PostgresLimitStore(database, clock);
        Inbox = new PostgresInboxStore(database);
        Receivers = new PostgresReceiverStore(database, clock);
        Retention = new PostgresRetentionStore(database);
    }

    public override IContactStore Contacts { get; }

    public override IUploadStore Uploads { get; }

    public override IExecutionStore Executions { get; }

    public override IRecipientStore Recipients { get; }

    public override IClaimStore Claims { get; }

    public override ILimitStore Limits { get; }

    public override IInboxStore Inbox { get; }

    public override IReceiverStore Receivers { get; }

    public override IRetentionStore Retention { get; }

    public override Task MigrateAsync(CancellationToken cancellationToken = default) => PostgresSchema.MigrateAsync(_database, cancellationToken);

    public override Task<string?> CheckAsync(CancellationToken cancellationToken = default) => PostgresSchema.CheckAsync(_database, cancellationToken);

    public async Task ListenAsync(Action wake, CancellationToken cancellationToken)
    {
        var session = await _database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var connection = session.Connection;
            connection.Notification += Heard;
            try
            {
                await session.RunAsync($"LISTEN \"{_database.Names.Channel}\"", cancellationToken).ConfigureAwait(false);
                while (true)
                {
                    await connection.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                // It is not used again: whoever had it next would hear, too.
                connection.Notification -= Heard;
                await connection.CloseAsync().ConfigureAwait(false);
            }
        }

        void Heard(object sender, NpgsqlNotificationEventArgs news) => wake();
    }

    public override void Dispose() => _database.Dispose();
}
