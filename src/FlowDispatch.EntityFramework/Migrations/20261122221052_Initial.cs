using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FlowDispatch.EntityFramework.Migrations
{
    /// <inheritdoc />
    internal partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "fd_automations",
                columns: table => new
                {
                    number = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    organization_id = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    trigger_type = table.Column<string>(type: "TEXT", nullable: false),
                    settings = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_automations", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "fd_cap_counts",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    holder = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    keep_until = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_cap_counts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "fd_contacts",
                columns: table => new
                {
                    organization_id = table.Column<string>(type: "TEXT", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    number = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: true),
                    email = table.Column<string>(type: "TEXT", nullable: true),
                    tags = table.Column<string>(type: "TEXT", nullable: false),
                    custom_fields = table.Column<string>(type: "TEXT", nullable: false),
                    language = table.Column<string>(type: "TEXT", nullable: true),
                    time_zone = table.Column<string>(type: "TEXT", nullable: true),
                    opted_in = table.Column<bool>(type: "INTEGER", nullable: false),
                    opt_changed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    opt_reason = table.Column<string>(type: "TEXT", nullable: true),
                    opt_source = table.Column<string>(type: "TEXT", nullable: true),
                    blocked = table.Column<bool>(type: "INTEGER", nullable: false),
                    block_reason = table.Column<string>(type: "TEXT", nullable: true),
                    block_changed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    deleted_at = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_contacts", x => new { x.organization_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "fd_conversations",
                columns: table => new
                {
                    channel_id = table.Column<string>(type: "TEXT", nullable: false),
                    contact_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    organization_id = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_conversations", x => new { x.channel_id, x.contact_id });
                });

            migrationBuilder.CreateTable(
                name: "fd_counters",
                columns: table => new
                {
                    execution = table.Column<int>(type: "INTEGER", nullable: false),
                    total = table.Column<int>(type: "INTEGER", nullable: false),
                    sent = table.Column<int>(type: "INTEGER", nullable: false),
                    delivered = table.Column<int>(type: "INTEGER", nullable: false),
                    read = table.Column<int>(type: "INTEGER", nullable: false),
                    replied = table.Column<int>(type: "INTEGER", nullable: false),
                    completed = table.Column<int>(type: "INTEGER", nullable: false),
                    failed = table.Column<int>(type: "INTEGER", nullable: false),
                    skipped = table.Column<int>(type: "INTEGER", nullable: false),
                    cancelled = table.Column<int>(type: "INTEGER", nullable: false),
                    pending = table.Column<int>(type: "INTEGER", nullable: false),
                    in_doubt = table.Column<int>(type: "INTEGER", nullable: false),
                    open = table.Column<int>(type: "INTEGER", nullable: false),
                    forgiven_sent = table.Column<int>(type: "INTEGER", nullable: false),
                    forgiven_failed = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_counters", x => x.execution);
                });

            migrationBuilder.CreateTable(
                name: "fd_due",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    execution = table.Column<int>(type: "INTEGER", nullable: false),
                    due_at = table.Column<long>(type: "INTEGER", nullable: false),
                    token = table.Column<long>(type: "INTEGER", nullable: true),
                    marked = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_due", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "fd_error_counts",
                columns: table => new
                {
                    execution = table.Column<int>(type: "INTEGER", nullable: false),
                    code = table.Column<string>(type: "TEXT", nullable: false),
                    count = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_error_counts", x => new { x.execution, x.code });
                });

            migrationBuilder.CreateTable(
                name: "fd_executions",
                columns: table => new
                {
                    number = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    organization_id = table.Column<string>(type: "TEXT", nullable: false),
                    automation_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    status = table.Column<int>(type: "INTEGER", nullable: false),
                    status_reason = table.Column<string>(type: "TEXT", nullable: true),
                    error_message = table.Column<string>(type: "TEXT", nullable: true),
                    paused_by_automation = table.Column<bool>(type: "INTEGER", nullable: false),
                    type = table.Column<int>(type: "INTEGER", nullable: false),
                    triggered_by_event = table.Column<string>(type: "TEXT", nullable: true),
                    repair_of = table.Column<byte[]>(type: "BLOB", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: true),
                    planned_at = table.Column<long>(type: "INTEGER", nullable: true),
                    completed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    channel_id = table.Column<string>(type: "TEXT", nullable: false),
                    priority = table.Column<int>(type: "INTEGER", nullable: false),
                    max_concurrent = table.Column<int>(type: "INTEGER", nullable: false),
                    test_mode = table.Column<bool>(type: "INTEGER", nullable: false),
                    plan_token = table.Column<long>(type: "INTEGER", nullable: false),
                    plan_until = table.Column<long>(type: "INTEGER", nullable: true),
                    plan_position = table.Column<string>(type: "TEXT", nullable: true),
                    next_ordinal = table.Column<int>(type: "INTEGER", nullable: false),
                    snapshot = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_executions", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "fd_flow_versions",
                columns: table => new
                {
                    flow = table.Column<int>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    nodes = table.Column<string>(type: "TEXT", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_flow_versions", x => new { x.flow, x.version });
                });

            migrationBuilder.CreateTable(
                name: "fd_flows",
                columns: table => new
                {
                    number = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    organization_id = table.Column<string>(type: "TEXT", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    deleted_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_flows", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "fd_idempotency",
                columns: table => new
                {
                    organization_id = table.Column<string>(type: "TEXT", nullable: false),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    request_hash = table.Column<string>(type: "TEXT", nullable: false),
                    status_code = table.Column<int>(type: "INTEGER", nullable: false),
                    response_body = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_idempotency", x => new { x.organization_id, x.key });
                });

            migrationBuilder.CreateTable(
                name: "fd_inbox",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    @event = table.Column<string>(name: "event", type: "TEXT", nullable: false),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false),
                    due_at = table.Column<long>(type: "INTEGER", nullable: false),
                    tries = table.Column<int>(type: "INTEGER", nullable: false),
                    attempt = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_inbox", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "fd_leases",
                columns: table => new
                {
                    token = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    execution = table.Column<int>(type: "INTEGER", nullable: false),
                    automation_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    node = table.Column<string>(type: "TEXT", nullable: false),
                    slots = table.Column<int>(type: "INTEGER", nullable: false),
                    until = table.Column<long>(type: "INTEGER", nullable: false),
                    committed = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_leases", x => x.token);
                });

            migrationBuilder.CreateTable(
                name: "fd_permits",
                columns: table => new
                {
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    last_at = table.Column<long>(type: "INTEGER", nullable: true),
                    held_until = table.Column<long>(type: "INTEGER", nullable: true),
                    full_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_permits", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "fd_receipt_notes",
                columns: table => new
                {
                    channel_id = table.Column<string>(type: "TEXT", nullable: false),
                    arrived_at = table.Column<long>(type: "INTEGER", nullable: false),
                    attempted_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_receipt_notes", x => new { x.channel_id, x.arrived_at });
                });

            migrationBuilder.CreateTable(
                name: "fd_receivers",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    since = table.Column<long>(type: "INTEGER", nullable: false),
                    last_beat_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ended = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_receivers", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "fd_recipient_events",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    recipient = table.Column<long>(type: "INTEGER", nullable: false),
                    kind = table.Column<int>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    attempt = table.Column<int>(type: "INTEGER", nullable: false),
                    code = table.Column<string>(type: "TEXT", nullable: true),
                    message = table.Column<string>(type: "TEXT", nullable: true),
                    provider_message_id = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_recipient_events", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "fd_recipients",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    execution = table.Column<int>(type: "INTEGER", nullable: false),
                    contact_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    phone_number = table.Column<string>(type: "TEXT", nullable: false),
                    contact_name = table.Column<string>(type: "TEXT", nullable: true),
                    time_zone = table.Column<string>(type: "TEXT", nullable: true),
                    variables = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<int>(type: "INTEGER", nullable: false),
                    reached = table.Column<int>(type: "INTEGER", nullable: false),
                    open = table.Column<bool>(type: "INTEGER", nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    step_attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    next_attempt_at = table.Column<long>(type: "INTEGER", nullable: true),
                    waiting_reason = table.Column<string>(type: "TEXT", nullable: true),
                    attempted_at = table.Column<long>(type: "INTEGER", nullable: true),
                    in_doubt_since = table.Column<long>(type: "INTEGER", nullable: true),
                    flow_completed = table.Column<bool>(type: "INTEGER", nullable: false),
                    flow_current_node = table.Column<string>(type: "TEXT", nullable: true),
                    flow_outcome = table.Column<string>(type: "TEXT", nullable: true),
                    error_code = table.Column<string>(type: "TEXT", nullable: true),
                    error_message = table.Column<string>(type: "TEXT", nullable: true),
                    provider_message_id = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    sent_at = table.Column<long>(type: "INTEGER", nullable: true),
                    delivered_at = table.Column<long>(type: "INTEGER", nullable: true),
                    read_at = table.Column<long>(type: "INTEGER", nullable: true),
                    replied_at = table.Column<long>(type: "INTEGER", nullable: true),
                    completed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    failed_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_recipients", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "fd_slices",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    execution = table.Column<int>(type: "INTEGER", nullable: false),
                    count = table.Column<int>(type: "INTEGER", nullable: false),
                    position = table.Column<int>(type: "INTEGER", nullable: false),
                    token = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_slices", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "fd_suppressions",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    contact_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    suppression = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_suppressions", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "fd_upload_rows",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    upload = table.Column<int>(type: "INTEGER", nullable: false),
                    contact_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    fields = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_upload_rows", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "fd_uploads",
                columns: table => new
                {
                    number = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    organization_id = table.Column<string>(type: "TEXT", nullable: false),
                    complete = table.Column<bool>(type: "INTEGER", nullable: false),
                    columns = table.Column<string>(type: "TEXT", nullable: false),
                    rows = table.Column<int>(type: "INTEGER", nullable: false),
                    accepted = table.Column<int>(type: "INTEGER", nullable: false),
                    duplicates = table.Column<int>(type: "INTEGER", nullable: false),
                    invalid = table.Column<int>(type: "INTEGER", nullable: false),
                    errors = table.Column<string>(type: "TEXT", nullable: false),
                    errors_truncated = table.Column<bool>(type: "INTEGER", nullable: false),
                    sample = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_uploads", x => x.number);
                });

            migrationBuilder.CreateIndex(
                name: "IX_fd_automations_id",
                table: "fd_automations",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_automations_organization_id_number",
                table: "fd_automations",
                columns: new[] { "organization_id", "number" });

            migrationBuilder.CreateIndex(
                name: "IX_fd_cap_counts_key_at",
                table: "fd_cap_counts",
                columns: new[] { "key", "at" });

            migrationBuilder.CreateIndex(
                name: "IX_fd_contacts_organization_id_number",
                table: "fd_contacts",
                columns: new[] { "organization_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_counters_open",
                table: "fd_counters",
                column: "execution",
                filter: "open > 0");

            migrationBuilder.CreateIndex(
                name: "IX_fd_due_execution_due_at_key",
                table: "fd_due",
                columns: new[] { "execution", "due_at", "key" },
                filter: "token IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_fd_due_token",
                table: "fd_due",
                column: "token",
                filter: "token IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_fd_executions_automation_id_number",
                table: "fd_executions",
                columns: new[] { "automation_id", "number" });

            migrationBuilder.CreateIndex(
                name: "IX_fd_executions_id",
                table: "fd_executions",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_executions_open",
                table: "fd_executions",
                column: "number",
                filter: "status IN (0, 1, 2)");

            migrationBuilder.CreateIndex(
                name: "IX_fd_executions_organization_id_number",
                table: "fd_executions",
                columns: new[] { "organization_id", "number" });

            migrationBuilder.CreateIndex(
                name: "IX_fd_flows_id",
                table: "fd_flows",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_flows_organization_id_number",
                table: "fd_flows",
                columns: new[] { "organization_id", "number" });

            migrationBuilder.CreateIndex(
                name: "IX_fd_idempotency_created_at",
                table: "fd_idempotency",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "IX_fd_inbox_attempt",
                table: "fd_inbox",
                column: "attempt",
                filter: "tries > 0 AND attempt IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_fd_inbox_due_at_id",
                table: "fd_inbox",
                columns: new[] { "due_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_fd_leases_automation_id",
                table: "fd_leases",
                column: "automation_id");

            migrationBuilder.CreateIndex(
                name: "IX_fd_leases_execution",
                table: "fd_leases",
                column: "execution");

            migrationBuilder.CreateIndex(
                name: "IX_fd_permits_held_until",
                table: "fd_permits",
                column: "held_until",
                filter: "held_until IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_fd_recipient_events_recipient",
                table: "fd_recipient_events",
                column: "recipient");

            migrationBuilder.CreateIndex(
                name: "IX_fd_recipients_contact_id_execution",
                table: "fd_recipients",
                columns: new[] { "contact_id", "execution" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_recipients_provider_message_id",
                table: "fd_recipients",
                column: "provider_message_id",
                filter: "provider_message_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_fd_slices_execution_key",
                table: "fd_slices",
                columns: new[] { "execution", "key" },
                filter: "token IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_fd_slices_token",
                table: "fd_slices",
                column: "token",
                filter: "token IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_fd_suppressions_contact_id",
                table: "fd_suppressions",
                column: "contact_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_upload_rows_upload_contact_id",
                table: "fd_upload_rows",
                columns: new[] { "upload", "contact_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_uploads_id",
                table: "fd_uploads",
                column: "id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "fd_automations");

            migrationBuilder.DropTable(
                name: "fd_cap_counts");

            migrationBuilder.DropTable(
                name: "fd_contacts");

            migrationBuilder.DropTable(
                name: "fd_conversations");

            migrationBuilder.DropTable(
                name: "fd_counters");

            migrationBuilder.DropTable(
                name: "fd_due");

            migrationBuilder.DropTable(
                name: "fd_error_counts");

            migrationBuilder.DropTable(
                name: "fd_executions");

            migrationBuilder.DropTable(
                name: "fd_flow_versions");

            migrationBuilder.DropTable(
                name: "fd_flows");

            migrationBuilder.DropTable(
                name: "fd_idempotency");

            migrationBuilder.DropTable(
                name: "fd_inbox");

            migrationBuilder.DropTable(
                name: "fd_leases");

            migrationBuilder.DropTable(
                name: "fd_permits");

            migrationBuilder.DropTable(
                name: "fd_receipt_notes");

            migrationBuilder.DropTable(
                name: "fd_receivers");

            migrationBuilder.DropTable(
                name: "fd_recipient_events");

            migrationBuilder.DropTable(
                name: "fd_recipients");

            migrationBuilder.DropTable(
                name: "fd_slices");

            migrationBuilder.DropTable(
                name: "fd_suppressions");

            migrationBuilder.DropTable(
                name: "fd_upload_rows");

            migrationBuilder.DropTable(
                name: "fd_uploads");
        }
    }
}
