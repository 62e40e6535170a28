using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FlowDispatch.EntityFramework.Migrations
{
    /// <inheritdoc />
    internal partial class ConversationsSince : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "since",
                table: "fd_conversations",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            // Of conversations before this no more is known than their last message.
            migrationBuilder.Sql("UPDATE fd_conversations SET since = at;");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "since",
                table: "fd_conversations");
        }
    }
}
